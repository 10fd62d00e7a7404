using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>One registered peer for as long as its connection lives: takes its shares, sends it its ids and the broadcasts.</summary>
/// <remarks>Ends with its session, on PeerLeaves or ReplacePeer, or with the tracker; its songs end with it.</remarks>
internal sealed class PeerActor : ReceiveActor
{
    private const int SongsPerAssign = 5_000;
    private const string BroadcastToken = "broadcast";
    private const string AssignToken = "assign";

    private readonly IActorRef _tracker;
    private readonly JoinPeer _join;
    private readonly Queue<AssignedSong[]> _assigns = new();
    private ShareBatches? _share;
    private CatalogChanged? _broadcastUnderWay;
    private int _framesTaken;
    private ulong? _missedVersion;

    public PeerActor(JoinPeer join, IActorRef tracker)
    {
        _join = join;
        _tracker = tracker;
        Receive<ReceiveShare>(Take);
        Receive<SongsAssigned>(Assign);
        Receive<CatalogChanged>(Broadcast);
        Receive<Sent>(sent => sent.Token.Equals(AssignToken), _ => SendAssign());
        Receive<Sent>(_ => BroadcastTaken());
        Receive<PeerLeaves>(_ => Context.Stop(Self));
        Receive<ReplacePeer>(_ =>
        {
            Replace(_join.Connection);
            Context.Stop(Self);
        });
        Receive<Terminated>(_ => Context.Stop(Self));
    }

    public static Props Props(JoinPeer join, IActorRef tracker) =>
        Akka.Actor.Props.Create(() => new PeerActor(join, tracker)).WithDispatcher(TrackerDispatchers.Peers);

    /// <summary>Tells a connection that its peer has connected again elsewhere, and closes it.</summary>
    public static void Replace(IActorRef connection) =>
        connection.Tell(new CloseConnection(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected; this connection is closed")));

    protected override void PreStart()
    {
        Context.Watch(_join.Session);
        // The welcome goes out before the tracker knows of this peer, so that no broadcast can overtake it.
        _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = _join.Welcome })));
        _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.List)));
        _tracker.Tell(new HostJoined(_join.Host, _join.WantsBroadcasts));
        _join.Session.Tell(new PeerJoined(Self));
    }

    private void Take(ReceiveShare take)
    {
        _share = new ShareBatches(take.Share);
        OfferNext();
    }

    // Part by part, each when the one before is in the catalog and its ids are taken: meanwhile it is the turn of others.
    private void OfferNext()
    {
        if (_share?.Next() is { } part)
        {
            _tracker.Tell(new ApplyShare(_join.Host.Id, part));
            return;
        }

        _share = null;
        _join.Session.Tell(ShareApplied.Instance);
    }

    private void Assign(SongsAssigned assigned)
    {
        foreach (var part in assigned.Songs.Chunk(SongsPerAssign))
            _assigns.Enqueue(part);
        SendAssign();
    }

    // One frame after the other, each when the one before is taken: a peer that shares and does not read is not queued for either.
    private void SendAssign()
    {
        if (_assigns.TryDequeue(out var part))
            _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Assign, 0, new Assign { Songs = { part } }), Token: AssignToken));
        else
            OfferNext();
    }

    // A peer that takes broadcasts slower than they come is not queued for: it is told to list again once it has caught up.
    private void Broadcast(CatalogChanged changed)
    {
        if (_broadcastUnderWay is not null)
        {
            _missedVersion = changed.Version;
            return;
        }

        (_broadcastUnderWay, _framesTaken) = (changed, 0);
        SendBroadcast();
    }

    private void SendBroadcast() => _join.Connection.Tell(new Send(_broadcastUnderWay!.Frames[_framesTaken], Token: BroadcastToken));

    private void BroadcastTaken()
    {
        // What is left of a change that is out of date already would be sent, and kept in memory, for nothing.
        if (_missedVersion is { } version)
        {
            _broadcastUnderWay = null;
            _missedVersion = null;
            Broadcast(new CatalogChanged([DeltaFrames.ListAgain(version)], version));
            return;
        }

        if (++_framesTaken < _broadcastUnderWay!.Frames.Length)
        {
            SendBroadcast();
            return;
        }

        _tracker.Tell(new CatalogChangeSent(_broadcastUnderWay));
        _broadcastUnderWay = null;
    }
}
