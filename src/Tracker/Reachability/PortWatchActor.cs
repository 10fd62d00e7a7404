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
/// Probes the ports of all registered hosts, a limited number at a time: once when a host registers, and then at intervals for as long as
/// it stays registered.
/// </summary>
/// <remarks>
/// WatchPort → due → a PortProbeActor → Answered → due again later. Every change is sent to the TrackerActor, the only writer of
/// reachability and ports. A port that a peer reports (REACH) is probed immediately, and becomes the host's listed port if it is reached.
/// The peer is informed of every change, and of the result for each port that it has reported. Addresses are served in round-robin order,
/// and each has a limited share of the concurrent probes. If one address has many ports that drop every packet, they delay only each other.
/// Each waiting port has one entry in a queue, which is removed when its peer leaves. Supervision: a probe that fails is stopped, and its
/// port counts as not reached.
/// </remarks>
internal sealed class PortWatchActor : UntypedActor, IWithTimers
{
    /// <summary>One address may use at most 1/N of the concurrent probes, but always at least one. This constant is N.</summary>
    private const int SharesOfAddress = 4;

    /// <summary>A host is asked to call a requester back only if the requester's port was reached within this time.</summary>
    public static readonly TimeSpan Recently = TimeSpan.FromMinutes(10);

    /// <summary>How many <see cref="AskPort"/> messages may wait for the probe of one port.</summary>
    private const int MaxWaiting = 16;

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
    private readonly Dictionary<IActorRef, (IPAddress Address, IPEndPoint EndPoint, WatchedPort? Port)> _byProbe = [];
    private readonly ReachLimits _limits = new();
    private readonly ReachLimits _helloLimits = new(ReachLimits.HelloPortsOfAddress);
    private readonly Dictionary<IActorRef, TimeSpan> _reportedAt = [];
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
    /// <param name="identity">The tracker's TLS identity; null = the tracker does not speak TLS.</param>
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
                var port = new WatchedPort(watch.Host, watch.Address, watch.Connection, _settings);
                _byPeer[watch.Peer] = port;
                Context.Watch(watch.Peer);
                if (port.MayBeProbed)
                    _due.Add(port.Address, port);
                else
                    Refuse(port);
                break;
            case TryPort report when _byPeer.TryGetValue(report.Peer, out var reported):
                OnReported(reported, report);
                break;
            case AskPort question:
                OnAsked(question);
                break;
            case PortProbeActor.Answered answered when _byProbe.TryGetValue(Sender, out var probe) && probe.Port is not null:
                RecordProbe(probe.Port, probe.EndPoint, answered.Reached);
                _byProbe[Sender] = (probe.Address, probe.EndPoint, null);
                break;
            case Terminated terminated when _byProbe.Remove(terminated.ActorRef, out var ended):
                if (--_probesByAddress[ended.Address] == 0)
                    _probesByAddress.Remove(ended.Address);
                if (ended.Port is not null)
                    RecordProbe(ended.Port, ended.EndPoint, false);
                break;
            case Terminated terminated when _byPeer.Remove(terminated.ActorRef, out var gone):
                gone.IsGone = true;
                _reportedAt.Remove(terminated.ActorRef);
                Answer(gone, null);
                _later.Remove(gone);
                _due.Remove(gone.Address, gone);
                Count(gone, gone.Reach, PortReach.Unknown);
                break;
            case Tick:
                break;
            default:
                Unhandled(message);
                return;
        }

        StartDueProbes();
    }

    private void RecordProbe(WatchedPort port, IPEndPoint endpoint, bool reached)
    {
        if (port.IsGone)
            return;
        var (before, listed, wasReported) = (port.Reach, port.Port, port.Candidate == endpoint.Port);
        port.DueAt = Now + port.RecordProbe(endpoint, reached, Now, Random.Shared);
        if (port.MayBeProbed)
            _later.Add(port);
        if (_log.IsDebugEnabled)
            _log.Debug("port {0} of peer {1} {2}", endpoint, port.Host.Id, reached ? "was reached" : "was not reached");
        Answer(port, reached ? endpoint : null);
        if (port.Port != listed)
            _tracker.Tell(new HostMoved(port.Host, endpoint.Port, null));
        if (before != port.Reach)
        {
            Count(port, before, port.Reach);
            _tracker.Tell(new ReachChanged(port.Host, port.Reach));
        }

        if (port.Host.SupportsReach && (wasReported || before != port.Reach))
            Tell(port, endpoint, reached, reached ? "" : $"the tracker could not connect to {endpoint}");
    }

    private static void Tell(WatchedPort port, IPEndPoint endpoint, bool reached, string reason) =>
        port.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Reach, 0, new Reach
        {
            Reachable = reached,
            ListenPort = (uint)endpoint.Port,
            Observed = endpoint.ToString(),
            Reason = reason,
        })));

    // The peer has a new port, for example one that its router has mapped.
    private void OnReported(WatchedPort port, TryPort report)
    {
        var reportedAt = _reportedAt.TryGetValue(report.Peer, out var last) ? last : (TimeSpan?)null;
        if (!_limits.TryCount(port.Address, report.Port, reportedAt, Now, out var refusal, out var retryAfter))
        {
            _counts.AddRejected(ErrorCode.RateLimited);
            port.Connection.Tell(new Send(Errors.Frame(ErrorCode.RateLimited, refusal!, report.RequestId, retryAfter)));
            return;
        }

        _reportedAt[report.Peer] = Now;
        if (!report.LocalEndpoints.SequenceEqual(port.Host.LocalEndpoints))
            _tracker.Tell(new HostMoved(port.Host, port.Port, report.LocalEndpoints));
        // A port that must not be probed is in neither queue, so it has to be added.
        var isIdle = !port.MayBeProbed;
        port.Candidate = report.Port;
        if (isIdle)
            _due.Add(port.Address, port);
        else
            ProbeNow(port);
    }

    private void OnAsked(AskPort question)
    {
        if (!_byPeer.TryGetValue(question.Peer, out var port) || port.Reach == PortReach.Unreachable || port.Waiting.Count >= MaxWaiting
            || !port.MayBeProbed)
        {
            Sender.Tell(new PortAnswer(question.Tag, null));
        }
        else if (port.Reached is { } reached && Now - reached.At < Recently)
        {
            Sender.Tell(new PortAnswer(question.Tag, reached.EndPoint));
        }
        else
        {
            port.Waiting.Add((Sender, question));
            ProbeNow(port);
        }
    }

    private static void Answer(WatchedPort port, IPEndPoint? reached)
    {
        foreach (var (replyTo, question) in port.Waiting)
            replyTo.Tell(new PortAnswer(question.Tag, reached));
        port.Waiting.Clear();
    }

    // A port that is being probed, or is already due, needs nothing more: after the running probe, a port with a candidate is due again
    // immediately.
    private void ProbeNow(WatchedPort port)
    {
        if (_later.Remove(port))
            _due.Add(port.Address, port);
    }

    // The port of a peer that only listens matters only to that peer.
    private void Count(WatchedPort port, PortReach before, PortReach now)
    {
        if (!port.Host.IsOnlyCallable)
            _counts.UnreachablePeers += (now == PortReach.Unreachable ? 1 : 0) - (before == PortReach.Unreachable ? 1 : 0);
    }

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
            if (MustWait(port, now))
                continue;
            _probesByAddress[port.Address] = _probesByAddress.GetValueOrDefault(port.Address) + 1;
            // A secure host must answer with the key whose id is its peer id.
            var tls = port.Host.IsSecure && _identity is not null
                ? TlsClient.Pinned(_identity, new KeyId(port.Host.Id.ToArray()))
                : null;
            var endpoint = port.EndPoint;
            var probe = Context.ActorOf(PortProbeActor.Props(endpoint, _settings.Timeout, tls));
            _byProbe.Add(Context.Watch(probe), (port.Address, endpoint, port));
        }

        if (_later.Min is { } first)
        {
            var sleep = first.DueAt - now;
            Timers.StartSingleTimer(Tick.Instance, Tick.Instance, sleep > ShortestSleep ? sleep : ShortestSleep);
        }
    }

    // A hello costs a stranger as little as a report, so the ports in hellos are counted as well. The peer is registered in any case.
    private bool MustWait(WatchedPort port, TimeSpan now)
    {
        if (port.Candidate is not null || port.IsCounted)
            return false;
        if (_helloLimits.TryCountHello(port.Address, port.Port, now, out var wait))
        {
            port.IsCounted = true;
            return false;
        }

        _log.Debug("port {0} of peer {1} will be probed in {2}: its address has named too many ports", port.EndPoint, port.Host.Id, wait);
        Answer(port, null);
        port.DueAt = now + wait;
        _later.Add(port);
        return true;
    }

    private static void Refuse(WatchedPort port)
    {
        if (port.Host.SupportsReach)
            Tell(port, port.EndPoint, false, $"the tracker does not probe port {port.Port}");
    }

    private sealed record Tick : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}
