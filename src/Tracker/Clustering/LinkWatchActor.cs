using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>Watches which trackers can reach each other, and removes the trackers that the cluster must give up on.</summary>
/// <remarks>
/// <code>
/// Check        → the failure detector reports which trackers this one cannot reach → LinksChanged to the ClusterActor
///              → RemovalRules → Cluster.Down
/// LinksHeard   → the trackers that another tracker cannot reach are recorded
/// TrackerWaits → a new process at a member's address is asking to join, so the member's old process has ended
/// </code>
/// </remarks>
internal sealed class LinkWatchActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    // A tracker that is waiting to join asks again every 2 s (SeedNodes).
    private static readonly TimeSpan WaitsFor = TimeSpan.FromSeconds(7);

    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly TrackerLinks _links;
    private readonly RemovalRules _rules;
    private readonly Dictionary<Address, (long Uid, TimeSpan At)> _waiting = [];
    private readonly ForgottenSockets _sockets = new(Now);
    private readonly ILoggingAdapter _log = Context.GetLogger();

    public LinkWatchActor(ClusterSettings settings)
    {
        _links = new TrackerLinks(_cluster.SelfAddress);
        _rules = new RemovalRules(_cluster.SelfAddress, settings.MajorityOf, settings.StableAfter);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    /// <param name="settings">The cluster's settings.</param>
    public static Props Props(ClusterSettings settings) => Akka.Actor.Props.Create(() => new LinkWatchActor(settings));

    protected override void PreStart()
    {
        // The events arrive as soon as the failure detector has decided; the timer catches changes that no event reports.
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents,
            typeof(ClusterEvent.IReachabilityEvent), typeof(ClusterEvent.MemberRemoved));
        Timers.StartPeriodicTimer(Check.Instance, Check.Instance, Interval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case LinksHeard heard:
                _links.Record(heard.Tracker, heard.Unreachable);
                break;
            case TrackerWaits waits:
                _waiting[waits.Tracker] = (waits.Uid, Now);
                break;
            case ClusterEvent.MemberRemoved removed:
                _links.Forget(removed.Member.Address);
                Look();
                break;
            case ClusterEvent.IReachabilityEvent:
                Look();
                break;
            case Check:
                Look();
                RemoveLost();
                _sockets.CloseIfDue(Now);
                break;
        }
    }

    private void Look()
    {
        var unreachable = _cluster.State.Members.Select(member => member.Address)
            .Where(tracker => !tracker.Equals(_cluster.SelfAddress) && !_cluster.FailureDetector.IsAvailable(tracker)).ToImmutableHashSet();
        var before = _links.UnreachableFromHere.ToImmutableHashSet();
        if (!_links.Record(_cluster.SelfAddress, unreachable))
            return;
        var members = _cluster.State.Members.Select(member => member.Address).ToHashSet();
        foreach (var lost in unreachable.Except(before))
            _log.Warning("the tracker at {0} cannot be reached", TrackerText.Of(lost));
        foreach (var found in before.Except(unreachable).Where(members.Contains))
            _log.Warning("the tracker at {0} can be reached again", TrackerText.Of(found));
        Context.Parent.Tell(new LinksChanged(unreachable));
    }

    private void RemoveLost()
    {
        foreach (var gone in _waiting.Where(waits => Now - waits.Value.At > WaitsFor).Select(waits => waits.Key).ToList())
            _waiting.Remove(gone);
        if (!_cluster.State.Members.Any(member => member.UniqueAddress.Equals(_cluster.SelfUniqueAddress)))
            return;
        var members = _cluster.State.Members.Where(Counts).Order(Member.AgeOrdering).Select(member => new RemovalCandidate(
            member.Address, member.Status is not (MemberStatus.Joining or MemberStatus.WeaklyUp), IsReplaced(member)))
            .ToList();
        foreach (var lost in _rules.Decide(members, _links, Now))
        {
            _log.Warning("removing the tracker at {0} from the cluster, because not all of the others can reach it", TrackerText.Of(lost));
            _cluster.Down(lost);
        }
    }

    // A member that is down without a new process in its place has already been given up on.
    private bool Counts(Member member) =>
        member.Status is not (MemberStatus.Exiting or MemberStatus.Removed)
        && (member.Status != MemberStatus.Down || IsReplaced(member));

    private bool IsReplaced(Member member) =>
        _waiting.TryGetValue(member.Address, out var waiting) && waiting.Uid != member.UniqueAddress.Uid;

    private sealed record Check : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Check Instance = new();
    }
}

/// <summary>From the <see cref="LinkWatchActor"/> to the ClusterActor: these are the trackers that this one cannot reach now.</summary>
internal sealed record LinksChanged(ImmutableHashSet<Address> Unreachable) : ILocalMessage;

/// <summary>To the <see cref="LinkWatchActor"/>: these are the trackers that another tracker cannot reach.</summary>
internal sealed record LinksHeard(Address Tracker, IReadOnlyCollection<Address> Unreachable) : ILocalMessage;

/// <summary>To the <see cref="LinkWatchActor"/>: a tracker that is not in any cluster is asking to join.</summary>
/// <param name="Tracker">The tracker.</param>
/// <param name="Uid">Akka's number for this run of the tracker.</param>
internal sealed record TrackerWaits(Address Tracker, long Uid) : ILocalMessage;
