using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;
using TspActors.Transport;
using TspActors.Transport.Tls;

namespace TspActors.Tracker.Reachability;

/// <summary>
/// Probes the ports of all registered hosts, a bounded number at a time: once when a host registers, then at intervals while it stays.
/// </summary>
/// <remarks>
/// WatchPort → due → a PortProbeActor → Answered → due again later. Every change is sent to the TrackerActor, the only writer of
/// reachability. Addresses take turns, and each has a limited share of the concurrent probes, so if one address has many ports that drop
/// every packet, these delay only each other. A waiting port costs one entry, which is removed with its peer. Supervision: a probe that
/// fails is stopped, and its port counts as not reached.
/// </remarks>
internal sealed class PortWatchActor : UntypedActor, IWithTimers
{
    /// <summary>One address may use one in this many of the concurrent probes, and always at least one.</summary>
    private const int SharesOfAddress = 4;

    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    private readonly ReachabilitySettings _settings;
    private readonly TrackerCounts _counts;
    private readonly IActorRef _tracker;
    private readonly TlsIdentity? _identity;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    // At most a sixteenth of the open-file limit, because connections need the rest.
    private readonly long _atOnce;
    private readonly long _atOnceOfAddress;
    private readonly Dictionary<IActorRef, WatchedPort> _byPeer = [];
    private readonly Dictionary<IActorRef, (IPAddress Address, WatchedPort? Port)> _byProbe = [];
    private readonly SortedSet<WatchedPort> _later = new(WatchedPort.ByDue);
    private readonly FairQueue<IPAddress, WatchedPort> _due = new();
    private readonly Dictionary<IPAddress, int> _probesByAddress = [];

    public PortWatchActor(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker, TlsIdentity? identity)
    {
        (_settings, _counts, _tracker, _identity) = (settings, counts, tracker, identity);
        _atOnce = Math.Min(settings.AtOnce, Math.Max(1, OpenFileLimit.Value / 16));
        _atOnceOfAddress = Math.Max(1, _atOnce / SharesOfAddress);
    }

    /// <param name="settings">The delays between probes, and the number of concurrent probes.</param>
    /// <param name="counts">Counts the unreachable peers.</param>
    /// <param name="tracker">The TrackerActor; receives every <see cref="ReachChanged"/>.</param>
    /// <param name="identity">The tracker's identity in TLS; null = it speaks no TLS.</param>
    public static Props Props(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker, TlsIdentity? identity = null) =>
        Akka.Actor.Props.Create(() => new PortWatchActor(settings, counts, tracker, identity));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => TimeProvider.System.GetElapsedTime(0);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case WatchPort watch:
                var port = new WatchedPort(watch.Host, watch.Address, _settings);
                _byPeer[watch.Peer] = port;
                Context.Watch(watch.Peer);
                _due.Add(port.Address, port);
                break;
            case PortProbeActor.Answered answered when _byProbe.TryGetValue(Sender, out var probe) && probe.Port is not null:
                RecordProbe(probe.Port, answered.Reached);
                _byProbe[Sender] = (probe.Address, null);
                break;
            case Terminated terminated when _byProbe.Remove(terminated.ActorRef, out var ended):
                if (--_probesByAddress[ended.Address] == 0)
                    _probesByAddress.Remove(ended.Address);
                if (ended.Port is not null)
                    RecordProbe(ended.Port, false);
                break;
            case Terminated terminated when _byPeer.Remove(terminated.ActorRef, out var gone):
                gone.IsGone = true;
                _later.Remove(gone);
                _due.Remove(gone.Address, gone);
                Count(gone.Reach, PortReach.Unknown);
                break;
            case Tick:
                break;
            default:
                Unhandled(message);
                return;
        }

        StartDueProbes();
    }

    private void RecordProbe(WatchedPort port, bool reached)
    {
        if (port.IsGone)
            return;
        var before = port.Reach;
        port.DueAt = Now + port.RecordProbe(reached, Random.Shared);
        _later.Add(port);
        if (_log.IsDebugEnabled)
            _log.Debug("port {0} of peer {1} {2}", port.EndPoint, port.Host.Id, reached ? "was reached" : "was not reached");
        if (before == port.Reach)
            return;
        Count(before, port.Reach);
        _tracker.Tell(new ReachChanged(port.Host, port.Reach));
    }

    private void Count(PortReach before, PortReach now) =>
        _counts.UnreachablePeers += (now == PortReach.Unreachable ? 1 : 0) - (before == PortReach.Unreachable ? 1 : 0);

    // A probe counts as running until its socket is closed.
    private void StartDueProbes()
    {
        var now = Now;
        while (_later.Min is { } next && next.DueAt <= now)
        {
            _later.Remove(next);
            _due.Add(next.Address, next);
        }

        while (_byProbe.Count < _atOnce
            && _due.TryDequeue(address => _probesByAddress.GetValueOrDefault(address) < _atOnceOfAddress, out var port))
        {
            _probesByAddress[port.Address] = _probesByAddress.GetValueOrDefault(port.Address) + 1;
            // A secure host must answer with the key whose id is its peer id.
            var tls = port.Host.IsSecure && _identity is not null
                ? TlsClient.Pinned(_identity, new KeyId(port.Host.Id.ToArray()))
                : null;
            var probe = Context.ActorOf(PortProbeActor.Props(port.EndPoint, _settings.Timeout, tls));
            _byProbe.Add(Context.Watch(probe), (port.Address, port));
        }

        if (_later.Min is { } first)
        {
            var sleep = first.DueAt - now;
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, sleep > ShortestSleep ? sleep : ShortestSleep);
        }
    }

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>From the PortWatchActor to the TrackerActor: the reachability of a host's port has changed.</summary>
internal sealed record ReachChanged(CatalogHost Host, PortReach Reach) : ILocalMessage;

/// <summary>To the PortWatchActor: probe this host's port at this address for as long as its PeerActor lives.</summary>
internal sealed record WatchPort(CatalogHost Host, IPAddress Address, IActorRef Peer) : ILocalMessage;
