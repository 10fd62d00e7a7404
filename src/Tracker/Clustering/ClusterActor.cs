using Akka.Actor;
using Akka.Cluster;
using Akka.Cluster.Tools.Singleton;
using Akka.Event;

namespace TspActors.Tracker.Clustering;

/// <summary>This tracker's side of the cluster: knows who is in it, keeps a PartReceiver for each other tracker, and says how this one stands.</summary>
/// <remarks>
/// Children: <c>ids</c> (IdKeeper), <c>part</c> (PartPublisher), a PartReceiver for each member. Supervision: a receiver that fails begins anew with a snapshot;
/// without its ids or its part this tracker is no member any more: it ends, and the program starts it again.
/// <code>
/// RegistryBegun            → the TrackerActor is there (again, empty): receivers for all members
/// MemberUp                 → a receiver, its ids are fetched       MemberRemoved → the receiver ends → PartGone to the TrackerActor
/// Unreachable/ReachableMember, TrackerHeard → a new standing
/// </code>
/// </remarks>
internal sealed class ClusterActor : UntypedActor
{
    private readonly StandingCell _standing;
    private readonly ClusterView _view;
    private readonly TaskCompletionSource _complete;
    private readonly TaskCompletionSource _failed;
    private readonly ClusterActors _actors;
    private readonly Cluster _cluster = Cluster.Get(Context.System);
    private readonly Dictionary<Address, IActorRef> _receivers = [];
    private readonly HashSet<Address> _incomplete = [];
    private int _fetching;
    private IActorRef _tracker = ActorRefs.Nobody;

    public ClusterActor(ClusterSettings settings, StandingCell standing, TaskCompletionSource complete, TaskCompletionSource failed)
    {
        _standing = standing;
        _complete = complete;
        _failed = failed;
        _view = new ClusterView(_cluster.SelfAddress, settings.Size);
        Context.ActorOf(
            ClusterSingletonManager.Props(IdAllocator.Props(settings.Size), PoisonPill.Instance, ClusterSingletonManagerSettings.Create(Context.System)),
            ClusterPaths.AllocatorManager);
        var allocator = Context.ActorOf(
            ClusterSingletonProxy.Props($"/user/{ClusterPaths.Cluster}/{ClusterPaths.AllocatorManager}", ClusterSingletonProxySettings.Create(Context.System)), "id-allocator-proxy");
        _actors = new ClusterActors(
            Context.Watch(Context.ActorOf(IdKeeper.Props(allocator, settings.IdTimeout), ClusterPaths.KeeperName)),
            Context.Watch(Context.ActorOf(PartPublisher.Props(settings.ChangeLogBytes), ClusterPaths.PartName)),
            Self);
    }

    /// <param name="settings">The cluster's settings.</param>
    /// <param name="standing">Where the standing is published.</param>
    /// <param name="complete">Is set when this tracker is a member and knows the others' songs.</param>
    /// <param name="failed">Is set when it cannot go on.</param>
    public static Props Props(ClusterSettings settings, StandingCell standing, TaskCompletionSource complete, TaskCompletionSource failed) =>
        Akka.Actor.Props.Create(() => new ClusterActor(settings, standing, complete, failed));

    protected override void PreStart() => _cluster.Subscribe(
        Self, ClusterEvent.SubscriptionInitialStateMode.InitialStateAsEvents, typeof(ClusterEvent.IMemberEvent), typeof(ClusterEvent.IReachabilityEvent));

    protected override void PostStop() => _cluster.Unsubscribe(Self);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ =>
        _receivers.ContainsValue(Sender) ? Directive.Restart : Directive.Stop);

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
            case PartComplete complete:
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
                    _tracker.Tell(new PartGone(receiver.Tracker));
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
        {
            _incomplete.Add(tracker);
            _receivers[tracker] = Context.ActorOf(PartReceiver.Props(tracker, _tracker));
            Context.WatchWith(_receivers[tracker], new ReceiverGone(tracker));
            _fetching++;
            _actors.Keeper.Tell(new FetchIds(ClusterPaths.Keeper(Context, tracker)));
        }

        Tell();
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

    private sealed record ReceiverGone(Address Tracker) : INoSerializationVerificationNeeded;
}

/// <summary>The actors that make a tracker one of several.</summary>
/// <param name="Keeper">Completes shares with the cluster's song ids.</param>
/// <param name="Publisher">Tells the others what changes here.</param>
/// <param name="Receivers">Is told when this tracker's registry begins.</param>
internal sealed record ClusterActors(IActorRef Keeper, IActorRef Publisher, IActorRef Receivers) : INoSerializationVerificationNeeded;

/// <summary>To the <see cref="ClusterActor"/>, which answers with its <see cref="ClusterActors"/>.</summary>
internal sealed record GetClusterActors : INoSerializationVerificationNeeded
{
    public static readonly GetClusterActors Instance = new();
}

/// <summary>To a <see cref="PartReceiver"/>: the registry is empty, all of the part has to come again.</summary>
internal sealed record BeginAnew(IActorRef Tracker) : INoSerializationVerificationNeeded;
