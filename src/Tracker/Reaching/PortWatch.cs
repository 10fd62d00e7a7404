using System.Net;
using Akka.Actor;
using Akka.Event;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Observing;
using TspActors.Transport;

namespace TspActors.Tracker.Reaching;

/// <summary>Tries the ports of all registered peers, a bounded number at a time: at once when a peer registers, and again later for as long as it stays.</summary>
/// <remarks>
/// WatchPort → due → a PortProbe → Answered → the host knows, the TrackerActor hears of a change, due again later. Who is due first is tried first; those who wait cost their entry in the queue, and there are no
/// more of them than peers. Supervision: a probe that fails is stopped and counts as not reached.
/// </remarks>
internal sealed class PortWatch : UntypedActor, IWithTimers
{
    private static readonly TimeSpan ShortestSleep = TimeSpan.FromMilliseconds(10);

    private readonly ReachabilitySettings _settings;
    private readonly TrackerCounts _counts;
    private readonly IActorRef _tracker;
    // Of the handles that connections leave over.
    private readonly long _atOnce;
    private readonly Dictionary<IActorRef, WatchedPort> _byPeer = [];
    private readonly Dictionary<IActorRef, WatchedPort?> _byProbe = [];
    private readonly PriorityQueue<WatchedPort, TimeSpan> _due = new();

    public PortWatch(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker) =>
        (_settings, _counts, _tracker, _atOnce) = (settings, counts, tracker, Math.Min(settings.AtOnce, Math.Max(1, OpenFileLimit.Value / 16)));

    /// <param name="settings">Waits, and how many at once.</param>
    /// <param name="counts">Counts those that cannot be reached.</param>
    /// <param name="tracker">Is told whenever it changes.</param>
    public static Props Props(ReachabilitySettings settings, TrackerCounts counts, IActorRef tracker) =>
        Akka.Actor.Props.Create(() => new PortWatch(settings, counts, tracker));

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
                _due.Enqueue(port, Now);
                break;
            case PortProbe.Answered answered when _byProbe.TryGetValue(Sender, out var tried) && tried is not null:
                Tried(tried, answered.Reached);
                _byProbe[Sender] = null;
                break;
            case Terminated terminated when _byProbe.Remove(terminated.ActorRef, out var unanswered):
                if (unanswered is not null)
                    Tried(unanswered, false);
                break;
            case Terminated terminated when _byPeer.Remove(terminated.ActorRef, out var gone):
                gone.IsGone = true;
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
        _due.Enqueue(port, Now + port.Tried(reached, Random.Shared));
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
        while (_byProbe.Count < _atOnce && _due.TryPeek(out var port, out var at))
        {
            if (port.IsGone)
            {
                _due.Dequeue();
            }
            else if (at > Now)
            {
                var sleep = at - Now;
                Timers.StartSingleTimer(Tick.Instance, Tick.Instance, sleep > ShortestSleep ? sleep : ShortestSleep);
                return;
            }
            else
            {
                _due.Dequeue();
                _byProbe.Add(Context.Watch(Context.ActorOf(PortProbe.Props(port.EndPoint, _settings.Timeout))), port);
            }
        }
    }

    private sealed record Tick : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Tick Instance = new();
    }
}

/// <summary>From the PortWatch: that host's port can be reached now, or no longer; it says so already.</summary>
internal sealed record ReachChanged(CatalogHost Host, Reach Reach) : INoSerializationVerificationNeeded;

/// <summary>To the PortWatch: try this host's port at that address, for as long as its PeerActor lives.</summary>
internal sealed record WatchPort(CatalogHost Host, IPAddress Address, IActorRef Peer) : INoSerializationVerificationNeeded;
