using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>
/// Creates one PeerActor for each connected peer. Sessions address it directly, so a joining peer never waits for the TrackerActor.
/// </summary>
/// <remarks>
/// <code>
/// AwaitingCatalog → JoinPeer     → kept
///                 → CatalogBegun → a PeerActor for each kept join → Registering
/// Registering     → JoinPeer     → a PeerActor
///                 → JoinPeer of a connected peer → ReplacePeer to the old PeerActor; the new one is created once the old one has stopped,
///                                                  so a peer's songs are never withdrawn after it has shared them again
///                 → CatalogBegun → the TrackerActor has failed and its catalog is empty: all PeerActors stop, and their peers register
///                                  again
/// </code>
/// Order: a PeerActor announces its host to the TrackerActor before it sends a share, and both go to the same mailbox. The welcome does not
/// wait for that mailbox, so a large share delays no join. Supervision: a PeerActor that fails is stopped; its connection closes and the
/// peer registers again. When this actor fails, all its PeerActors stop with it, and the restarted one finds CatalogBegun in its mailbox. A
/// session whose join is lost times out.
/// </remarks>
internal sealed class PeerRegistryActor : UntypedActor
{
    public const string Name = "peers";

    private readonly ReceiptKeys? _keys;
    private readonly Dictionary<PeerId, JoinPeer> _waiting = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _catalog = ActorRefs.Nobody;

    public PeerRegistryActor(ReceiptKeys? keys) => _keys = keys;

    /// <param name="keys">Signs the ids that peers get, and recognizes them; null = they get no receipts.</param>
    public static Props Props(ReceiptKeys? keys = null) => Akka.Actor.Props.Create(() => new PeerRegistryActor(keys));

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreRestart(Exception reason, object message)
    {
        base.PreRestart(reason, message);
        // The mailbox survives the restart, but the fields of this instance do not.
        if (!_catalog.IsNobody())
            Self.Tell(CatalogBegun.Instance, _catalog);
    }

    protected override void OnReceive(object message) => AwaitingCatalog(message);

    private void AwaitingCatalog(object message)
    {
        switch (message)
        {
            case JoinPeer join:
                if (_waiting.TryGetValue(join.Host.Id, out var before))
                    PeerActor.CloseReplaced(before.Connection);
                _waiting[join.Host.Id] = join;
                break;
            case CatalogBegun:
                BeginRegistering();
                Become(Registering);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Registering(object message)
    {
        switch (message)
        {
            case JoinPeer join:
                Join(join);
                break;
            case PeerGone gone:
                CreateWaiting(gone.Peer);
                break;
            case CatalogBegun:
                _log.Debug("the catalog is empty after a failure: {0} peers must register again", Context.GetChildren().Count());
                foreach (var peer in Context.GetChildren())
                    Context.Stop(peer);
                BeginRegistering();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void BeginRegistering()
    {
        _catalog = Sender;
        foreach (var peer in _waiting.Keys.ToList())
            CreateWaiting(peer);
    }

    private void Join(JoinPeer join)
    {
        var child = Context.Child(join.Host.Id.ToString());
        if (_waiting.TryGetValue(join.Host.Id, out var waiting))
        {
            PeerActor.CloseReplaced(waiting.Connection);
        }
        else if (child.IsNobody())
        {
            Create(join);
            return;
        }

        _log.Debug("peer {0} has connected again from {1}; closing its former connection", join.Host.Id, join.Host.Address);
        _waiting[join.Host.Id] = join;
        child.Tell(ReplacePeer.Instance);
    }

    // The child's name may be in use again: the peer can join after its PeerActor has stopped but before PeerGone arrives.
    private void CreateWaiting(PeerId peer)
    {
        if (Context.Child(peer.ToString()).IsNobody() && _waiting.Remove(peer, out var join))
            Create(join);
    }

    private void Create(JoinPeer join)
    {
        _log.Debug("peer {0} ({1}) registers from {2}:{3}", join.Host.Id, join.Host.Name, join.Host.Address, join.Host.Port);
        var peer = Context.ActorOf(PeerActor.Props(join, _catalog, _keys), join.Host.Id.ToString());
        Context.WatchWith(peer, new PeerGone(join.Host.Id));
    }

    private sealed record PeerGone(PeerId Peer) : ILocalMessage, IDeadLetterSuppression;
}

/// <summary>
/// From a RequestSessionActor to the PeerRegistryActor: register this peer, whose INIT was accepted. The reply is
/// <see cref="PeerJoined"/>.
/// </summary>
internal sealed record JoinPeer(
    CatalogHost Host, bool WantsBroadcasts, Welcome Welcome, IActorRef Session, IActorRef Connection) : ILocalMessage;

/// <summary>From the TrackerActor to the PeerRegistryActor: the TrackerActor has started with an empty catalog.</summary>
internal sealed record CatalogBegun : ILocalMessage
{
    public static readonly CatalogBegun Instance = new();
}
