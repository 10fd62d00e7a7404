using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>This tracker's side of the cluster: knows who is in it, keeps a CatalogReplicaActor for each other tracker, and says how this one stands.</summary>
/// <remarks>
/// Children: <c>ids</c> (IdReplicaActor), <c>part</c> (CatalogReplicatorActor), a CatalogReplicaActor for each member, the manager of the IdAllocatorActor. Supervision: a receiver that fails begins
/// anew with a snapshot, the manager begins anew;
/// without its ids or its part this tracker is no member any more: it ends, and the program starts it again.
/// <code>
/// RegistryBegun            → the TrackerActor is there (again, empty): receivers for all members
/// MemberUp                 → a receiver, its ids are fetched       MemberRemoved → the receiver ends → DropShard to the TrackerActor
/// Unreachable/ReachableMember, TrackerHeard → a new standing
/// Pulse                    → seed nodes that are no members are asked for theirs (Membership): of two clusters one ends; now and then another tracker's ids are compared
/// </code>
/// </remarks>
internal sealed class ClusterActor : UntypedActor, IWithTimers
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(5);

    /// <summary>With each so-many-th beat one other tracker's ids are compared with those known here: whatever was missed comes then.</summary>
    private const int BeatsBetweenComparisons = 6;

    private readonly PublishedStanding _standing;
    private readonly ClusterView _view;
    private readonly TaskCompletionSource _complete;
    private readonly TaskCompletionSource _failed;
    private readonly ClusterActors _actors;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<Address, IActorRef> _receivers = [];
    private readonly HashSet<Address> _incomplete = [];
    private readonly OtherClusterWatch _otherClusters;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly IActorRef _manager;
    private int _fetching;
    private int _beats;
    private IActorRef _tracker = ActorRefs.Nobody;

    public ClusterActor(ClusterSettings settings, PublishedStanding standing, TaskCompletionSource complete, TaskCompletionSource failed)
    {
        _standing = standing;
        _complete = complete;
        _failed = failed;
        _view = new ClusterView(_cluster.SelfAddress, settings.MajorityOf);
        _otherClusters = new OtherClusterWatch(settings.ExpectedSize);
        _seeds = [.. settings.SeedAddresses(_cluster.SelfAddress)];
        _manager = Context.ActorOf(
            ClusterSingletonManager.Props(IdAllocatorActor.Props(settings.MajorityOf), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(Context.System)),
            ClusterPaths.AllocatorManager);
        var allocator = Context.ActorOf(
            ClusterSingletonProxy.Props($"/user/{ClusterPaths.Cluster}/{ClusterPaths.AllocatorManager}", ClusterSingletonProxySettings.Create(Context.System)), "id-allocator-proxy");
        _actors = new ClusterActors(
            Context.Watch(Context.ActorOf(IdReplicaActor.Props(allocator, settings.IdTimeout), ClusterPaths.IdReplicaName)),
            Context.Watch(Context.ActorOf(CatalogReplicatorActor.Props(settings.ChangeLogBytes), ClusterPaths.ReplicatorName)),
            Self,
            _cluster.SelfAddress);
    }

    /// <param name="settings">The cluster's settings.</param>
    /// <param name="standing">Where the standing is published.</param>
    /// <param name="complete">Is set when this tracker is a member and knows the others' songs.</param>
    /// <param name="failed">Is set when it cannot go on.</param>
    public static Props Props(ClusterSettings settings, PublishedStanding standing, TaskCompletionSource complete, TaskCompletionSource failed) =>
        Akka.Actor.Props.Create(() => new ClusterActor(settings, standing, complete, failed));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        _cluster.Subscribe(
            Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));
        Timers.StartPeriodicTimer(Pulse.Instance, Pulse.Instance, Beat);
    }

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    // The manager of the allocator fails where the one before it does not answer; another one then takes over.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        _receivers.ContainsValue(Sender) || Sender.Equals(_manager) ? Directive.Restart : Directive.Stop);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case GetClusterActors:
                Sender.Tell(_actors);
                break;
            case RegistryBegun:
                _tracker = Sender;
                foreach (var receiver in _receivers.Values)
                    receiver.Tell(new BeginAnew(_tracker));
                break;
            case ClusterEvent.MemberUp up:
                Up(up.Member.Address);
                break;
            case ClusterEvent.MemberRemoved removed:
                _view.Removed(removed.Member.Address);
                _incomplete.Remove(removed.Member.Address);
                if (_receivers.TryGetValue(removed.Member.Address, out var gone))
                    Context.Stop(gone);
                Tell();
                break;
            case ClusterEvent.UnreachableMember unreachable:
                _view.Reachable(unreachable.Member.Address, false);
                Context.GetLogger().Warning("the tracker at {0}:{1} cannot be reached", unreachable.Member.Address.Host, unreachable.Member.Address.Port);
                Tell();
                break;
            case ClusterEvent.ReachableMember reachable:
                _view.Reachable(reachable.Member.Address, true);
                Context.GetLogger().Warning("the tracker at {0}:{1} can be reached again", reachable.Member.Address.Host, reachable.Member.Address.Port);
                Tell();
                break;
            case TrackerHeard heard:
                _view.Heard(heard.Tracker, heard.IsDraining ? "" : heard.PublicAddress);
                Tell();
                break;
            case ShardComplete complete:
                _incomplete.Remove(complete.Tracker);
                Tell();
                break;
            case IdsFetched:
                _fetching--;
                Tell();
                break;
            case ReceiverGone receiver:
                // What it had said to the tracker was said before this.
                if (_receivers.Remove(receiver.Tracker))
                    _tracker.Tell(new DropShard(receiver.Tracker));
                // It has come again meanwhile.
                if (_view.IsMember(receiver.Tracker))
                    Receive(receiver.Tracker);
                break;
            case GetMembership:
                Sender.Tell(new Membership { IsIn = _view.IsIn, Members = _view.Members });
                break;
            case Membership membership:
                if (_otherClusters.Hears(_view, Sender.Path.Address, membership.IsIn, membership.Members))
                {
                    Context.GetLogger().Warning(
                        "{0}:{1} is in another cluster, of {2} trackers: this one joins that", Sender.Path.Address.Host, Sender.Path.Address.Port, membership.Members);
                    _failed.TrySetResult();
                }

                break;
            case Pulse:
                OnBeat();
                break;
            case Terminated:
                _failed.TrySetResult();
                break;
        }
    }

    private void Up(Address tracker)
    {
        _view.Up(tracker);
        if (!tracker.Equals(_cluster.SelfAddress) && !_receivers.ContainsKey(tracker))
            Receive(tracker);
        Tell();
    }

    private void Receive(Address tracker)
    {
        _incomplete.Add(tracker);
        _receivers[tracker] = Context.ActorOf(CatalogReplicaActor.Props(tracker, _tracker, _actors.IdReplica));
        Context.WatchWith(_receivers[tracker], new ReceiverGone(tracker));
        FetchIdsOf(tracker);
    }

    private void FetchIdsOf(Address tracker)
    {
        _fetching++;
        _actors.IdReplica.Tell(new FetchIds(ClusterPaths.IdReplica(Context, tracker)));
    }

    private void OnBeat()
    {
        foreach (var seed in _seeds.Where(seed => _view.IsIn && !_view.IsMember(seed)))
            ClusterPaths.OfCluster(Context, seed).Tell(new GetMembership(), Self);
        if (++_beats % BeatsBetweenComparisons == 0 && _fetching == 0 && _view.Others.ToList() is { Count: > 0 } others)
            FetchIdsOf(others[_beats / BeatsBetweenComparisons % others.Count]);
    }

    private void Tell()
    {
        var standing = _view.Standing();
        if (standing.Members != _standing.Current.Members)
            Context.GetLogger().Info("the cluster has {0} trackers", standing.Members);
        if (_view.IsIn && !standing.MayRegister && _standing.Current.MayRegister)
            Context.GetLogger().Warning("too few of the other trackers can be reached: peers and new songs are not taken until they are");

        _standing.Current = standing;
        if (_view.IsIn && _incomplete.Count == 0 && _fetching == 0)
            _complete.TrySetResult();
    }

    private sealed record Pulse : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Pulse Instance = new();
    }

    private sealed record ReceiverGone(Address Tracker) : ILocalMessage;
}

/// <summary>The actors that make a tracker one of several.</summary>
/// <param name="IdReplica">Completes shares with the cluster's song ids.</param>
/// <param name="Replicator">Tells the others what changes here.</param>
/// <param name="Cluster">Is told when this tracker's registry begins.</param>
/// <param name="Self">This tracker's address among them.</param>
internal sealed record ClusterActors(IActorRef IdReplica, IActorRef Replicator, IActorRef Cluster, Address Self) : ILocalMessage;

/// <summary>To the <see cref="ClusterActor"/>, which answers with its <see cref="ClusterActors"/>.</summary>
internal sealed record GetClusterActors : ILocalMessage
{
    public static readonly GetClusterActors Instance = new();
}

/// <summary>To a <see cref="CatalogReplicaActor"/>: the registry is empty, all of the part has to come again.</summary>
internal sealed record BeginAnew(IActorRef Tracker) : ILocalMessage;
