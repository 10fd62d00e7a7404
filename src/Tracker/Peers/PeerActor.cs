using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Ids;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>
/// Represents one registered peer while its connection is open: receives its shares, and sends it the assigned ids and broadcasts.
/// </summary>
/// <remarks>
/// <code>
/// ReceiveShare   → ApplyShare for one batch → SongsAssigned → ASSIGN, frame by frame, each after Sent → the next batch → …
///                → ShareApplied to the session
///                → AssignOverdue: the peer reads its ids too slowly, and its connection is closed
/// CatalogChanged → BROADCAST_LIST, frame by frame, each after Sent → CatalogChangeSent
/// CutOffChanged  → LIST asks the peer for its songs; while this tracker is cut off, the reply to each share is BUSY
/// ContestPeer    → ProveLife to the connection → LifeShown → PeerStays to the PeerRegistryActor
///                                              → NoLifeShown → like ReplacePeer
/// </code>
/// These sequences run independently. The actor stops with its session, on PeerLeaves or ReplacePeer, or when the PeerRegistryActor stops
/// it; the peer's songs are then withdrawn.
/// </remarks>
internal sealed class PeerActor : UntypedActor, IWithTimers
{
    // How long a peer may take to respond when another connection claims its id (docs/protocol.md section 3).
    private static readonly TimeSpan ContestTimeout = TimeSpan.FromSeconds(2);

    // How long a peer must wait before it offers its songs again to a tracker that is cut off from its cluster.
    private static readonly TimeSpan CutOffRetry = TimeSpan.FromSeconds(10);

    private const int SongsPerAssign = 5_000;
    private const string BroadcastToken = "broadcast";
    private const string AssignToken = "assign";

    private readonly IActorRef _tracker;
    private readonly JoinPeer _join;
    private readonly ReceiptKeys? _keys;
    private readonly TimeSpan _assignTimeout;
    private readonly Queue<AssignedSong[]> _assigns = new();
    private TimeSpan _assignSentAt;
    private TimeSpan _assignTook;
    private int _signedUpTo;
    private ShareBatches? _share;
    private CatalogChanged? _broadcastUnderWay;
    private int _framesSent;
    private bool _isCutOff;
    private ulong? _missedVersion;

    public PeerActor(JoinPeer join, IActorRef tracker, ReceiptKeys? keys, TimeSpan assignTimeout) =>
        (_join, _tracker, _keys, _assignTimeout) = (join, tracker, keys, assignTimeout);

    /// <param name="join">The peer.</param>
    /// <param name="tracker">The TrackerActor.</param>
    /// <param name="keys">The keys that sign receipts for the ids that the peer receives, and verify them later; null = the peer receives
    ///   no receipts.</param>
    /// <param name="assignTimeout">How long the peer may take in total to receive the ids of one SHARE; null = a minute.</param>
    public static Props Props(JoinPeer join, IActorRef tracker, ReceiptKeys? keys = null, TimeSpan? assignTimeout = null)
    {
        var timeout = assignTimeout ?? TimeSpan.FromMinutes(1);
        return Akka.Actor.Props.Create(() => new PeerActor(join, tracker, keys, timeout)).WithDispatcher(TrackerDispatchers.Peers);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <summary>Closes the old connection of a peer that has connected again, and sends the reason to the remote end.</summary>
    public static void CloseReplaced(IActorRef connection) =>
        connection.Tell(
            new CloseConnection(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected; this connection is closed")));

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void PreStart()
    {
        Context.Watch(_join.Session);
        // The welcome is sent before the TrackerActor knows of this peer, so that no broadcast can overtake the welcome.
        _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Init, 0, new Init { Welcome = _join.Welcome })));
        _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.List)));
        _tracker.Tell(new HostJoined(_join.Host, _join.WantsBroadcasts) { ResumeDigest = ResumeSecret.Digest(_join.Welcome.Resume) });
        _join.Session.Tell(new PeerJoined(Self));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case ReceiveShare when _isCutOff:
                _join.Connection.Tell(new Send(Errors.Frame(
                    ErrorCode.Busy, "this tracker is cut off from its cluster; register at another tracker if you can", retryAfter: CutOffRetry)));
                _join.Session.Tell(ShareApplied.Instance);
                break;
            case ReceiveShare receive:
                _share = new ShareBatches(receive.Share, _keys);
                _assignTook = TimeSpan.Zero;
                ApplyNextBatch();
                break;
            case SongsAssigned assigned:
                _signedUpTo = assigned.SignedUpTo;
                foreach (var songs in assigned.Songs.Chunk(SongsPerAssign))
                    _assigns.Enqueue(songs);
                SendAssign();
                break;
            case CutOffChanged changed:
                _isCutOff = changed.IsCutOff;
                // The LIST asks the peer for all of its songs, and the reply to its share will be BUSY: the peer then looks for another
                // tracker, and stays here if there is none.
                if (_isCutOff)
                    _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.List)));
                break;
            case CatalogChanged changed:
                Broadcast(changed);
                break;
            case Sent sent when sent.Token.Equals(AssignToken):
                Timers.Cancel(AssignOverdue.Instance);
                _assignTook += Now - _assignSentAt;
                SendAssign();
                break;
            case AssignOverdue:
                _join.Connection.Tell(new CloseConnection(Errors.Frame(
                    ErrorCode.Timeout, $"the ids of the shared songs were not received within {_assignTimeout.TotalSeconds:0.#} s")));
                break;
            case Sent:
                OnBroadcastFrameSent();
                break;
            case DeliverCall call when _join.Host.IsCallable:
                _join.Connection.Tell(new Send(call.Frame));
                break;
            case DeliverCall call:
                Sender.Tell(new CallUndelivered(call.Peer, call.Token));
                break;
            case PeerLeaves or Terminated:
                Context.Stop(Self);
                break;
            case ContestPeer:
                _join.Connection.Tell(new ProveLife(ContestTimeout));
                break;
            case LifeShown:
                Context.Parent.Tell(new PeerStays(_join.Host.Id));
                break;
            case ReplacePeer or NoLifeShown:
                CloseReplaced(_join.Connection);
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    // The next batch waits until the previous one is in the catalog and its ids have been sent. If several peers share at the same time,
    // their batches therefore alternate.
    private void ApplyNextBatch()
    {
        if (_share?.Next() is { } batch)
        {
            _tracker.Tell(new ApplyShare(_join.Host.Id, batch));
            return;
        }

        _share = null;
        _join.Session.Tell(ShareApplied.Instance);
    }

    // The next frame waits until the previous one has been sent, so that a peer that shares without reading cannot fill a queue. Its share
    // uses memory that other peers wait for, so the time in which it must receive all ids is limited.
    private void SendAssign()
    {
        if (!_assigns.TryDequeue(out var songs))
        {
            ApplyNextBatch();
            return;
        }

        foreach (var song in _keys is null ? [] : songs)
        {
            if (song.Id > 0 && song.Id <= _signedUpTo)
                song.Receipt = _keys!.Sign(new ContentHash(song.ContentHash.Span), song.Id).ToByteString();
        }

        _join.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Assign, 0, new Assign { Songs = { songs } }), Token: AssignToken));
        _assignSentAt = Now;
        var left = _assignTimeout - _assignTook;
        Timers.StartSingleTimer(AssignOverdue.Instance, AssignOverdue.Instance, left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    // Broadcasts are never queued: a peer that reads too slowly must list again once it has caught up.
    private void Broadcast(CatalogChanged changed)
    {
        if (_broadcastUnderWay is not null)
        {
            _missedVersion = changed.Version;
            return;
        }

        (_broadcastUnderWay, _framesSent) = (changed, 0);
        SendBroadcast();
    }

    private void SendBroadcast() => _join.Connection.Tell(new Send(_broadcastUnderWay!.Frames[_framesSent], Token: BroadcastToken));

    private void OnBroadcastFrameSent()
    {
        // The peer has missed a newer change, so the remaining frames of this broadcast would only waste bandwidth and memory.
        if (_missedVersion is { } version)
        {
            _broadcastUnderWay = null;
            _missedVersion = null;
            Broadcast(new CatalogChanged([DeltaFrames.ListAgain(version)], version));
            return;
        }

        if (++_framesSent < _broadcastUnderWay!.Frames.Length)
        {
            SendBroadcast();
            return;
        }

        _tracker.Tell(new CatalogChangeSent(_broadcastUnderWay));
        _broadcastUnderWay = null;
    }

    private sealed record AssignOverdue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly AssignOverdue Instance = new();
    }
}
