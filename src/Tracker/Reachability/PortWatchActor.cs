using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;
using TspActors.Transport;

namespace TspActors.Tracker.Reachability;

/// <summary>Tries the ports of all registered peers, a bounded number at a time: at once when a peer registers, and again later for as long as it stays.</summary>
/// <remarks>
/// WatchPort → due → a PortProbeActor → Answered → the host knows, the TrackerActor hears of a change, due again later. Those that are due take turns by the address they are at, and
/// those of one address have a share of the tries under way, so that many ports of one that swallow every packet hold up each other only. Who waits costs an entry, and that goes
/// with its peer. Supervision: a probe that fails is stopped and counts as not reached.
/// </remarks>
internal sealed class PortWatchActor : UntypedActor, IWithTimers
{
    /// <summary>One part in so many of the tries at the same time may be at one address, and always one of them.</summary>
    private const int SharesOfAddress = 4;

    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    private readonly ReachabilitySettings _settings;
    private readonly TrackerCounts _counts;
    private readonly IActorRef _tracker;
    // Of the handles that connections leave over.
    private readonly long _atOnce;
    private readonly long _atOnceOfAddress;
    private readonly Dictionary<IActorRef, WatchedPort> _byPeer = [];
    private readonly Dictionary<IActorRef, (IPAddress Address, WatchedPort? Port)> _byProbe = [];
    private readonly SortedSet<WatchedPort> _later = new(WatchedPort.ByDue);
    private readonly FairQueue<IPAddress, WatchedPort> _due = new();
    private readonly Dictionary<IPAddress, int> _tried = [];

    public PortWatchActor(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker)
    {
        (_settings, _counts, _tracker) = (settings, counts, tracker);
        _atOnce = Math.Min(settings.AtOnce, Math.Max(1, OpenFileLimit.Value / 16));
        _atOnceOfAddress = Math.Max(1, _atOnce / SharesOfAddress);
    }

    /// <param name="settings">Waits, and how many at once.</param>
    /// <param name="counts">Counts those that cannot be reached.</param>
    /// <param name="tracker">Is told whenever it changes.</param>
    public static Props Props(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker) =>
        Akka.Actor.Props.Create(() => new PortWatchActor(settings, counts, tracker));

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
            case PortProbeActor.Answered answered when _byProbe.TryGetValue(Sender, out var tried) && tried.Port is not null:
                Tried(tried.Port, answered.Reached);
                _byProbe[Sender] = (tried.Address, null);
                break;
            case Terminated terminated when _byProbe.Remove(terminated.ActorRef, out var ended):
                if (--_tried[ended.Address] == 0)
                    _tried.Remove(ended.Address);
                if (ended.Port is not null)
                    Tried(ended.Port, false);
                break;
            case Terminated terminated when _byPeer.Remove(terminated.ActorRef, out var gone):
                gone.IsGone = true;
                _later.Remove(gone);
                _due.Remove(gone.Address, gone);
                Count(gone.Host.Reach, Reach.Unknown);
                break;
            case Tick:
                break;
            default:
                Unhandled(message);
                return;
        }

        TryDue();
    }

    private void Tried(WatchedPort port, bool reached)
    {
        if (port.IsGone)
            return;
        var before = port.Host.Reach;
        port.DueAt = Now + port.Tried(reached, Random.Shared);
        _later.Add(port);
        if (before == port.Host.Reach)
            return;
        Count(before, port.Host.Reach);
        _tracker.Tell(new ReachChanged(port.Host, port.Host.Reach));
    }

    private void Count(Reach before, Reach now) =>
        _counts.UnreachablePeers += (now == Reach.Unreachable ? 1 : 0) - (before == Reach.Unreachable ? 1 : 0);

    // A probe counts until its socket is closed.
    private void TryDue()
    {
        var now = Now;
        while (_later.Min is { } next && next.DueAt <= now)
        {
            _later.Remove(next);
            _due.Add(next.Address, next);
        }

        while (_byProbe.Count < _atOnce && _due.TryTake(address => _tried.GetValueOrDefault(address) < _atOnceOfAddress, out var port))
        {
            _tried[port.Address] = _tried.GetValueOrDefault(port.Address) + 1;
            _byProbe.Add(Context.Watch(Context.ActorOf(PortProbeActor.Props(port.EndPoint, _settings.Timeout))), (port.Address, port));
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

/// <summary>From the PortWatchActor: that host's port can be reached now, or no longer; it says so already.</summary>
internal sealed record ReachChanged(CatalogHost Host, Reach Reach) : ILocalMessage;

/// <summary>To the PortWatchActor: try this host's port at that address, for as long as its PeerActor lives.</summary>
internal sealed record WatchPort(CatalogHost Host, IPAddress Address, IActorRef Peer) : ILocalMessage;
