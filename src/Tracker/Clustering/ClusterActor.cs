using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Event;
using Akka.Remote;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// This tracker's side of the cluster: it follows the members, runs a CatalogReplicaActor for each of the other trackers, and publishes
/// this tracker's standing.
/// </summary>
/// <remarks>
/// Children: <c>ids</c> (IdReplicaActor), <c>part</c> (CatalogReplicatorActor), <c>links</c> (LinkWatchActor), a CatalogReplicaActor for
/// each of the other members, and the singleton manager of the IdAllocatorActor. Supervision: a CatalogReplicaActor that fails restarts
/// with a snapshot, and a failed manager restarts, too. If <c>ids</c>, <c>part</c> or <c>links</c> fails, this tracker cannot remain a
/// member, so its membership ends, and the program starts the tracker again.
/// <code>
/// RegistryBegun            → the TrackerActor has started with an empty catalog: all replicas start over
/// MemberUp                 → a replica, and the new member's ids are fetched
/// MemberRemoved            → the replica stops → DropShard to the TrackerActor, after a delay if the cluster has given up on the tracker
/// other member events      → a new standing, with the state of the tracker
/// LinksChanged, TrackerHeard → a new standing
/// Pulse                    → asks seed nodes that are not members, or cannot be reached, for their Membership, to detect a second
///                            cluster; every few pulses, compares this tracker's ids with another tracker's
/// ThisActorSystemQuarantinedEvent → the others have removed this tracker, so it ends its membership, unless it has the majority
/// </code>
/// </remarks>
internal sealed class ClusterActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan PulseInterval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How many pulses pass between comparisons of this tracker's ids with another tracker's. A comparison fetches any ids that this
    /// tracker has missed.
    /// </summary>
    private const int PulsesBetweenComparisons = 6;

    /// <summary>
    /// How long a tracker's songs stay listed after the cluster has given up on that tracker: its peers may need several seconds to
    /// register elsewhere.
    /// </summary>
    private static readonly TimeSpan ReturnTime = TimeSpan.FromSeconds(20);

    /// <summary>The maximum number of unreachable trackers that one report may name.</summary>
    private const int MostReported = 64;

    private readonly PublishedStanding _standing;
    private readonly SharedSettings _shared;
    private readonly CutOffWatch _cutOff;
    private readonly HashSet<Address> _mismatched = [];
    private readonly IActorRef _links;
    private readonly ClusterView _view;
    private readonly ClusterCallers _callers;
    private readonly bool _namesOnlySelf;
    private readonly int _expected;
    private readonly TaskCompletionSource _complete;
    private readonly TaskCompletionSource _failed;
    private readonly ClusterActors _actors;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly Dictionary<Address, IActorRef> _replicas = [];
    private readonly HashSet<Address> _incomplete = [];
    private readonly OtherClusterWatch _otherClusters;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly IActorRef _manager;
    private Address? _allocator;
    private int _fetching;
    private int _pulses;
    private IActorRef _tracker = ActorRefs.Nobody;

    public ClusterActor(
        ClusterSettings settings, SharedSettings shared, IdMemory memory, PublishedStanding standing, ClusterCallers callers,
        TaskCompletionSource complete, TaskCompletionSource failed)
    {
        _standing = standing;
        _callers = callers;
        _shared = shared;
        _cutOff = new CutOffWatch(settings);
        _complete = complete;
        _failed = failed;
        _view = new ClusterView(_cluster.SelfAddress, settings.MajorityOf);
        _seeds = [.. settings.SeedAddresses(_cluster.SelfAddress)];
        _namesOnlySelf = _seeds.All(seed => seed.Equals(_cluster.SelfAddress));
        _expected = settings.ExpectedSize;
        _otherClusters = new OtherClusterWatch(_expected, _namesOnlySelf);
        _manager = Context.ActorOf(
            ClusterSingletonManager.Props(
                IdAllocatorActor.Props(settings.MajorityOf, memory.Offers), PoisonPill.Instance,
                ClusterSingletonManagerSettings.Create(Context.System)),
            ClusterPaths.AllocatorManager);
        var allocator = Context.ActorOf(
            ClusterSingletonProxy.Props(
                $"/user/{ClusterPaths.Cluster}/{ClusterPaths.AllocatorManager}",
                ClusterSingletonProxySettings.Create(Context.System)), "id-allocator-proxy");
        _links = Context.Watch(Context.ActorOf(LinkWatchActor.Props(settings), "links"));
        _actors = new ClusterActors(
            Context.Watch(Context.ActorOf(IdReplicaActor.Props(allocator, settings.IdTimeout, memory), ClusterPaths.IdReplicaName)),
            Context.Watch(Context.ActorOf(CatalogReplicatorActor.Props(settings.ChangeLogBytes), ClusterPaths.ReplicatorName)),
            Self,
            _cluster.SelfAddress);
    }

    /// <param name="settings">The cluster's settings.</param>
    /// <param name="shared">The settings that must be the same on all trackers.</param>
    /// <param name="memory">The tracker's memory of song ids.</param>
    /// <param name="standing">Receives each new standing.</param>
    /// <param name="callers">Receives the trackers that ask for this one's membership.</param>
    /// <param name="complete">Completed when this tracker is a member and has the other trackers' songs and ids.</param>
    /// <param name="failed">Completed when this tracker can no longer be a member.</param>
    public static Props Props(
        ClusterSettings settings, SharedSettings shared, IdMemory memory, PublishedStanding standing, ClusterCallers callers,
        TaskCompletionSource complete, TaskCompletionSource failed) =>
        Akka.Actor.Props.Create(() => new ClusterActor(settings, shared, memory, standing, callers, complete, failed));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent));
        Context.System.EventStream.Subscribe(Self, typeof(ThisActorSystemQuarantinedEvent));
        Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, PulseInterval);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // The singleton manager fails if its predecessor does not reply. After a restart, the manager takes over.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        _replicas.ContainsValue(Sender) || Sender.Equals(_manager) ? Directive.Restart : Directive.Stop);

    protected override void OnReceive(object message)
    {
        if (message is ClusterEvent.IMemberEvent { Member: var member })
            _view.Changed(member);
        switch (message)
        {
            case GetClusterActors:
                Sender.Tell(_actors);
                break;
            case RegistryBegun:
                _tracker = Sender;
                foreach (var replica in _replicas.Values)
                    replica.Tell(new StartOver(_tracker));
                TellCutOff();
                break;
            case ClusterEvent.MemberUp up:
                Up(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                _log.Info("the tracker at {0} has left the cluster", TrackerText.Of(removed.Member.Address));
                _view.Removed(removed.Member.Address);
                _incomplete.Remove(removed.Member.Address);
                if (_replicas.TryGetValue(removed.Member.Address, out var gone))
                    Context.Stop(gone);
                if (removed.PreviousStatus == MemberStatus.Down)
                    Timers.StartSingleTimer(removed.Member.Address, new ReturnOver(removed.Member.Address), ReturnTime);
                PublishStanding();
                break;
            case ClusterEvent.IMemberEvent:
                PublishStanding();
                break;
            case LinksChanged links:
                _view.CannotReach(links.Unreachable);
                _actors.Replicator.Forward(links);
                PublishStanding();
                break;
            case TrackerHeard heard:
                _view.Heard(heard.Tracker, heard.IsDraining ? "" : heard.PublicAddress);
                _links.Tell(new LinksHeard(heard.Tracker, TrackerText.Parse(heard.Unreachable, _view.Self, MostReported)));
                if (_incomplete.Contains(heard.Tracker))
                    _standing.Advance();
                PublishStanding();
                break;
            case IdsHeard:
                _standing.Advance();
                break;
            case ShardComplete complete:
                _incomplete.Remove(complete.Tracker);
                PublishStanding();
                break;
            case IdsFetched:
                _fetching--;
                PublishStanding();
                break;
            case ReplicaGone ended:
                // The replica's own messages are already in the TrackerActor's mailbox, so DropShard cannot overtake them.
                _replicas.Remove(ended.Tracker);
                // If the tracker joined again before its replica had stopped, it gets a new replica now.
                if (_view.IsMember(ended.Tracker))
                    Replicate(ended.Tracker);
                else if (!Timers.IsTimerActive(ended.Tracker))
                    _tracker.Tell(new DropShard(ended.Tracker));
                break;
            case ReturnOver over when _replicas.TryGetValue(over.Tracker, out var returned):
                returned.Tell(new StartOver(_tracker));
                break;
            case ReturnOver over:
                _tracker.Tell(new DropShard(over.Tracker));
                break;
            case GetMembership asked:
                Sender.Tell(Membership());
                if (asked.Sender is { } asker)
                {
                    _callers.Record(Sender.Path.Address, asker);
                    Hear(asker);
                }

                break;
            case Membership membership:
                Hear(membership);
                break;
            case ThisActorSystemQuarantinedEvent quarantined when !_standing.Current.MayRegister && _view.IsIn:
                _log.Warning("the tracker at {0} has removed this one from the cluster", TrackerText.Of(quarantined.RemoteAddress));
                _failed.TrySetResult();
                break;
            case Pulse:
                OnPulse();
                break;
            case Terminated:
                _failed.TrySetResult();
                break;
        }
    }

    private void Up(Address tracker)
    {
        _log.Info("the tracker at {0} has joined the cluster", TrackerText.Of(tracker));
        _view.Up(tracker);
        // If there is a replica, it belongs to an earlier membership and is stopping.
        if (!tracker.Equals(_cluster.SelfAddress) && !_replicas.ContainsKey(tracker))
            Replicate(tracker);
        PublishStanding();
    }

    private void Replicate(Address tracker)
    {
        _incomplete.Add(tracker);
        _replicas[tracker] = Context.ActorOf(CatalogReplicaActor.Props(
            tracker, _tracker, _actors.IdReplica, keepsMissing: Timers.IsTimerActive(tracker)));
        Context.WatchWith(_replicas[tracker], new ReplicaGone(tracker));
        FetchIdsOf(tracker);
    }

    private Membership Membership()
    {
        var membership = new Membership
        {
            IsIn = _view.IsIn,
            Members = _view.Members,
            Reachable = { _view.Reached.Select(TrackerText.Of) },
            Uid = _cluster.SelfUniqueAddress.Uid,
            HasMajority = _standing.Current.MayRegister,
        };
        _shared.AddTo(membership);
        return membership;
    }

    // Handles a report from a tracker that, as far as this one knows, is not a member of the same cluster.
    private void Hear(Membership membership)
    {
        var tracker = Sender.Path.Address;
        var address = TrackerText.Of(tracker);
        if (!membership.IsIn)
            _links.Tell(new TrackerWaits(tracker, membership.Uid));
        var member = _cluster.State.Members.FirstOrDefault(known => known.Address.Equals(tracker));
        if (_view.IsIn && OtherClusterWatch.IsSuperseded(_standing.Current.MayRegister, member?.UniqueAddress.Uid, membership))
        {
            _log.Warning("{0} has restarted and is in another cluster; this tracker will join that cluster", address);
            _failed.TrySetResult();
        }

        if (_view.IsMember(tracker))
            return;
        var difference = _shared.DifferenceFrom(address, membership);
        if (difference is not null && _view.IsIn && _shared.GiveWay(_view.Members, TrackerText.Of(_view.Self), address, membership))
            _failed.TrySetException(new ClusterMismatchException(difference));
        else if (difference is not null && _mismatched.Add(tracker))
            _log.Warning("the tracker at {0} cannot join this cluster: {1}", address, difference);
        else if (difference is null && _otherClusters.RecordReport(_view, _standing.Current.MayRegister, tracker, membership))
            GiveWayTo(address, membership);
    }

    private void GiveWayTo(string tracker, Membership membership)
    {
        if (_namesOnlySelf && _expected > 0)
        {
            _failed.TrySetException(new ClusterMismatchException(
                $"{tracker} is in a cluster to which this tracker belongs, but none of the other trackers is among the seed nodes of this "
                + "one; set the same tsp.tracker.cluster.seed-nodes on all trackers"));
            return;
        }

        _log.Warning("{0} is in another cluster (trackers: {1}); this tracker will join that cluster", tracker, membership.Members);
        _failed.TrySetResult();
    }

    private void FetchIdsOf(Address tracker)
    {
        _fetching++;
        _actors.IdReplica.Tell(new FetchIds(ClusterPaths.IdReplica(Context, tracker)));
    }

    private void OnPulse()
    {
        // A member that cannot be reached may have restarted and joined a different cluster.
        var reached = _view.Reached.ToHashSet();
        foreach (var seed in _seeds.Where(seed => _view.IsIn && !reached.Contains(seed)))
            ClusterPaths.ClusterActorAt(Context, seed).Tell(new GetMembership { Sender = Membership() }, Self);
        if (_cutOff.Update(isCutOff: _view.IsIn && !_standing.Current.MayRegister))
            TellCutOff();
        if (++_pulses % PulsesBetweenComparisons == 0 && _fetching == 0 && _view.Others.ToList() is { Count: > 0 } others)
            FetchIdsOf(others[_pulses / PulsesBetweenComparisons % others.Count]);
    }

    private void PublishStanding()
    {
        var standing = _view.Standing(_incomplete);
        if (standing.Members != _standing.Current.Members)
            _log.Info("trackers in the cluster: {0}", standing.Members);
        LogAllocator();
        if (_view.IsIn && !standing.MayRegister && _standing.Current.MayRegister)
            _log.Warning("too few of the other trackers can be reached; until enough of them can be reached, this one accepts no peers and no new songs");

        _standing.Current = standing;
        if (standing.MayRegister && _cutOff.Update(isCutOff: false))
            TellCutOff();
        if (_view.IsIn && _incomplete.Count == 0 && _fetching == 0)
            _complete.TrySetResult();
    }

    // If the allocator runs on this tracker, the IdAllocatorActor logs that as soon as it can assign ids.
    private void LogAllocator()
    {
        if (!_view.IsIn || _view.Allocator is not { } allocator || allocator.Equals(_allocator))
            return;
        _allocator = allocator;
        if (!allocator.Equals(_view.Self))
            _log.Info("the tracker at {0} now assigns new song ids", TrackerText.Of(allocator));
    }

    private void TellCutOff() => _tracker.Tell(new CutOffChanged(_cutOff.IsCutOff));

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }

    private sealed record ReplicaGone(Address Tracker) : ILocalMessage;

    private sealed record ReturnOver(Address Tracker) : ILocalMessage, IDeadLetterSuppression;
}

/// <summary>The actors on this tracker's side of the cluster, for use by the tracker's other actors.</summary>
/// <param name="IdReplica">Resolves the song ids of shares.</param>
/// <param name="Replicator">Replicates local changes to the other trackers.</param>
/// <param name="Cluster">Is notified when this tracker's registry starts empty.</param>
/// <param name="Self">This tracker's address in the cluster.</param>
internal sealed record ClusterActors(IActorRef IdReplica, IActorRef Replicator, IActorRef Cluster, Address Self) : ILocalMessage;

/// <summary>To the <see cref="ClusterActor"/>: reply with <see cref="ClusterActors"/>.</summary>
internal sealed record GetClusterActors : ILocalMessage
{
    public static readonly GetClusterActors Instance = new();
}

/// <summary>To a <see cref="CatalogReplicaActor"/>: the registry is empty, so replicate the entire shard again.</summary>
internal sealed record StartOver(IActorRef Tracker) : ILocalMessage;
