using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Clustering.Wire;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>
/// Creates one PeerActor for each connected peer. Sessions send their joins directly to this actor, so a joining peer does not wait for the
/// TrackerActor once the catalog exists.
/// </summary>
/// <remarks>
/// <code>
/// AwaitingCatalog → JoinPeer → kept
///                 → CatalogBegun → PeerActors for the kept joins → Registering
/// Registering     → JoinPeer → a PeerActor
///                 → JoinPeer of a peer that is connected to another tracker → ContestRegistration to that tracker, unless the peer
///                                                  sends its secret → RegistrationContested → a PeerActor, or JoinRefused; another join
///                                                  with its key or its secret replaces the first one
///                 → JoinPeer without TLS under the id of a TLS key → JoinRefused
///                 → JoinPeer of a connected peer that sends its secret, or proves its key where the connected one has not → ReplacePeer to
///                                                  the old PeerActor; the new one is created once the old one is gone, so songs that were
///                                                  shared again are never withdrawn
///                 → JoinPeer of a connected peer without the secret → ContestPeer to the old PeerActor; if its peer responds, it stays
///                                                  (PeerStays), and JoinRefused goes to the new session; otherwise it is replaced
///                 → CatalogBegun → the TrackerActor has failed and its catalog is empty: all PeerActors stop, and their peers register
///                                  again
/// </code>
/// Order: a PeerActor announces its host to the TrackerActor before it sends a share, and both messages go to the same mailbox. The welcome
/// does not wait for that mailbox, so a large share does not delay joins. Supervision: a PeerActor that fails is stopped; its connection
/// closes, and the peer registers again. When this actor fails, all of its PeerActors stop with it, and the restarted actor finds
/// CatalogBegun in its mailbox. A session whose join is lost times out.
/// </remarks>
internal sealed class PeerRegistryActor : UntypedActor, IWithTimers
{
    public const string Name = "peers";

    // The other tracker needs two to three seconds to notice that the peer does not respond.
    private static readonly TimeSpan RemoteContestTimeout = TimeSpan.FromSeconds(3);

    private readonly ReceiptKeys? _keys;
    private readonly RemoteRegistrations? _elsewhere;
    private readonly TimeSpan? _assignTimeout;
    private readonly Dictionary<PeerId, Waiting> _waiting = [];
    private readonly PeerSecrets _secrets = new(TimeProvider.System);
    private readonly HashSet<PeerId> _secure = [];
    private readonly HashSet<PeerId> _visitors = [];
    private readonly SecurePeers _left = new(TimeProvider.System);
    private readonly Dictionary<PeerId, HashSet<IActorRef>> _contestedBy = [];
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private IActorRef _catalog = ActorRefs.Nobody;

    public PeerRegistryActor(ReceiptKeys? keys, RemoteRegistrations? elsewhere, TimeSpan? assignTimeout) =>
        (_keys, _elsewhere, _assignTimeout) = (keys, elsewhere, assignTimeout);

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="keys">The keys that sign receipts for the ids that peers receive, and verify them later; null = peers receive no
    ///   receipts.</param>
    /// <param name="elsewhere">The peers that are registered at other trackers in the cluster; null = there are no other trackers.</param>
    /// <param name="assignTimeout">How long a peer may take in total to receive the ids of one SHARE; null = the default.</param>
    public static Props Props(ReceiptKeys? keys = null, RemoteRegistrations? elsewhere = null, TimeSpan? assignTimeout = null) =>
        Akka.Actor.Props.Create(() => new PeerRegistryActor(keys, elsewhere, assignTimeout));

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
                {
                    if (before.Join.Host.IsSecure && !join.Host.IsSecure)
                    {
                        join.Session.Tell(JoinRefused.Protected);
                        break;
                    }

                    if (join.IsVisitor && !before.Join.IsVisitor)
                    {
                        join.Session.Tell(VisitorAdmitted.Instance);
                        break;
                    }

                    PeerActor.CloseReplaced(before.Join.Connection);
                }

                _waiting[join.Host.Id] = new Waiting(join, IsContest: false);
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
                ReplyToOtherTrackers(gone.Peer, stays: false);
                break;
            case PeerStays stays:
                RefuseContest(stays.Peer);
                ReplyToOtherTrackers(stays.Peer, stays: true);
                break;
            case ContestRegistration contest when contest.PeerId.Length == PeerId.Size:
                Contest(new PeerId(contest.PeerId.Span));
                break;
            case RegistrationContested contested when contested.PeerId.Length == PeerId.Size:
                var contestedPeer = new PeerId(contested.PeerId.Span);
                // A reply that arrives after the timeout is ignored.
                if (Timers.IsTimerActive(contestedPeer))
                    EndRemoteContest(contestedPeer, contested.Stays);
                break;
            case RemoteContestOver over:
                EndRemoteContest(over.Peer, stays: false);
                break;
            case DeliverCall call when Context.Child(call.Peer.ToString()) is { } called && !called.IsNobody():
                called.Forward(call);
                break;
            case DeliverCall call:
                Sender.Tell(new CallUndelivered(call.Peer, call.Token));
                break;
            case CatalogBegun:
                _log.Debug("the catalog is empty after a failure; peers that must register again: {0}", Context.GetChildren().Count());
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
        var id = join.Host.Id;
        if (!join.Host.IsSecure && IsSecure(id))
        {
            _log.Debug("{0} claims to be peer {1} without its key", join.Host.Address, id);
            join.Session.Tell(JoinRefused.Protected);
            return;
        }

        var child = Context.Child(id.ToString());
        if (join.IsVisitor && (!child.IsNobody() || _waiting.ContainsKey(id) || _elsewhere?.Find(id) is not null))
        {
            join.Session.Tell(VisitorAdmitted.Instance);
            return;
        }

        // A key proves who owns the id. Two peers may have the same key, for example because a data folder was copied. They are treated as
        // equals, like two peers without a key. A peer that shares takes precedence over a single command that uses the same key, even if
        // the command connected first.
        var isOwner = (join.Host.IsSecure && (!_secure.Contains(id) || (_visitors.Contains(id) && !join.IsVisitor)))
            || _secrets.MayReplace(id, join.ShownSecret);
        var waits = _waiting.TryGetValue(id, out var waiting);
        if (child.IsNobody() && (!waits || IsOwnerElsewhere(join)))
        {
            if (_waiting.Remove(id))
                waiting!.Join.Session.Tell(JoinRefused.Contested);
            JoinUnlessElsewhere(join);
        }
        else if (isOwner)
        {
            _log.Debug("peer {0} has connected again from {1}; closing its previous connection", id, join.Host.Address);
            if (waits)
                waiting!.Join.Session.Tell(JoinRefused.Contested);
            // If there is no child, another tracker has been asked about the peer, and its reply applies to the newest join.
            _waiting[id] = new Waiting(join, IsContest: child.IsNobody() && Timers.IsTimerActive(id));
            child.Tell(ReplacePeer.Instance);
        }
        else if (waits)
        {
            join.Session.Tell(JoinRefused.Contested);
        }
        else
        {
            _log.Debug("{0} claims to be peer {1}, which is connected", join.Host.Address, id);
            _waiting[id] = new Waiting(join, IsContest: true);
            child.Tell(ContestPeer.Instance);
        }
    }

    // If the peer is connected to another tracker in the cluster, that tracker checks whether the peer is still alive, unless the new
    // connection sends the secret that the peer received in the other tracker's welcome.
    private void JoinUnlessElsewhere(JoinPeer join)
    {
        var id = join.Host.Id;
        if (_elsewhere?.Find(id) is not { } there || IsOwnerElsewhere(join))
        {
            Timers.Cancel(id);
            Create(join);
            return;
        }

        _log.Debug("{0} claims to be peer {1}, which is connected to the tracker at {2}", join.Host.Address, id, there.Owner);
        _waiting[id] = new Waiting(join, IsContest: true);
        Timers.StartSingleTimer(id, new RemoteContestOver(id), RemoteContestTimeout);
        ClusterPaths.PeerRegistry(Context, there.Owner).Tell(new ContestRegistration { PeerId = ByteString.CopyFrom(id.ToArray()) }, Self);
    }

    private bool IsOwnerElsewhere(JoinPeer join) => _elsewhere?.Find(join.Host.Id) is { } there
        && ((join.Host.IsSecure && !there.IsSecure)
            || ResumeSecret.Matches(there.ResumeDigest, ResumeSecret.Digest(join.ShownSecret)));

    // Whether the id belongs to a key: a peer is, or within the last day was, registered under it over TLS, here or at another tracker.
    private bool IsSecure(PeerId peer) => _secure.Contains(peer) || _left.Contains(peer) || _elsewhere?.IsSecure(peer) == true
        || (_waiting.TryGetValue(peer, out var waiting) && waiting.Join.Host.IsSecure);

    private void EndRemoteContest(PeerId peer, bool stays)
    {
        Timers.Cancel(peer);
        if (stays)
            RefuseContest(peer);
        else
            CreateWaiting(peer);
    }

    // Another tracker is asking whether the peer is still alive. One contest serves all trackers that ask while it is under way.
    private void Contest(PeerId peer)
    {
        var child = Context.Child(peer.ToString());
        if (child.IsNobody())
        {
            Reply(Sender, peer, stays: false);
            return;
        }

        if (!_contestedBy.TryGetValue(peer, out var waiting))
        {
            _contestedBy.Add(peer, waiting = []);
            child.Tell(ContestPeer.Instance);
        }

        waiting.Add(Sender);
    }

    private void ReplyToOtherTrackers(PeerId peer, bool stays)
    {
        if (!_contestedBy.Remove(peer, out var waiting))
            return;
        foreach (var replyTo in waiting)
            Reply(replyTo, peer, stays);
    }

    private static void Reply(IActorRef tracker, PeerId peer, bool stays) =>
        tracker.Tell(new RegistrationContested { PeerId = ByteString.CopyFrom(peer.ToArray()), Stays = stays });

    private void RefuseContest(PeerId peer)
    {
        if (_waiting.TryGetValue(peer, out var waiting) && waiting.IsContest && _waiting.Remove(peer))
            waiting.Join.Session.Tell(JoinRefused.Contested);
    }

    // The child's name may be in use again: the peer can join after its PeerActor has stopped but before PeerGone arrives.
    private void CreateWaiting(PeerId peer)
    {
        if (!Context.Child(peer.ToString()).IsNobody())
            return;
        if (_secure.Remove(peer))
            _left.Add(peer);
        _visitors.Remove(peer);
        if (!_waiting.Remove(peer, out var waiting))
            _secrets.Leave(peer);
        else if (!waiting.Join.Host.IsSecure && IsSecure(peer))
            waiting.Join.Session.Tell(JoinRefused.Protected);
        else
            Create(waiting.Join);
    }

    private void Create(JoinPeer join)
    {
        _log.Debug("registering peer {0} ({1}) from {2}:{3}", join.Host.Id, join.Host.Name, join.Host.Address, join.Host.Port);
        var peer = Context.ActorOf(PeerActor.Props(join, _catalog, _keys, _assignTimeout), join.Host.Id.ToString());
        _secrets.Register(join.Host.Id, join.ShownSecret, join.Welcome.Resume);
        if (join.Host.IsSecure)
            _secure.Add(join.Host.Id);
        if (join.IsVisitor)
            _visitors.Add(join.Host.Id);
        Context.WatchWith(peer, new PeerGone(join.Host.Id));
    }

    /// <summary>A join that is waiting for the catalog, or for another connection with the same id to close.</summary>
    private sealed record Waiting(JoinPeer Join, bool IsContest);

    /// <summary>The other tracker did not reply in time, so its registration of the peer no longer counts.</summary>
    private sealed record RemoteContestOver(PeerId Peer) : ILocalMessage, IDeadLetterSuppression;

    private sealed record PeerGone(PeerId Peer) : ILocalMessage, IDeadLetterSuppression;
}

/// <summary>
/// From a RequestSessionActor to the PeerRegistryActor: the session's peer has completed the handshake. The reply is
/// <see cref="PeerJoined"/> or <see cref="JoinRefused"/>.
/// </summary>
internal sealed record JoinPeer(
    CatalogHost Host, bool WantsBroadcasts, Welcome Welcome, IActorRef Session, IActorRef Connection) : ILocalMessage
{
    /// <summary>
    /// Whether a registered peer with the same key keeps its registration: the joining peer hosts nothing and wants no broadcasts, like a
    /// single command of the peer program.
    /// </summary>
    public bool IsVisitor => Host is { IsSecure: true, Port: 0 } && !WantsBroadcasts;

    /// <summary>The secret in the peer's hello; empty = none.</summary>
    public ByteString ShownSecret { get; init; } = ByteString.Empty;
}

/// <summary>From the TrackerActor to the PeerRegistryActor: the TrackerActor has started with an empty catalog.</summary>
internal sealed record CatalogBegun : ILocalMessage
{
    public static readonly CatalogBegun Instance = new();
}
