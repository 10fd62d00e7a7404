using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>Fetches one song from one host, from an offset to its end, and hands on only bytes that are proven to belong to it.</summary>
/// <remarks>
/// <code>
/// Connecting → ConnectionOpened → (INIT where there is a key) → PLAY → Starting
/// Starting   → StreamStart whose tree has the song's hash as its root → Receiving
/// Receiving  → DATA → verified pieces to the owner → its PiecesTaken → reads on
///            → bare DATA after the last piece → StreamFinished
///            → PlayAgain → PLAY → Starting: DATA of what was asked for before is passed over
/// any        → deadline, error, cut, wrong piece → StreamFailed
/// </code>
/// It tells its owner exactly one StreamFinished or StreamFailed, and stops. While the owner does not answer, nothing is read: the host feels it.
/// A host may begin every PLAY, or only the last of several: whatever it begins, the last one it begins is the one that was asked for last.
/// </remarks>
internal sealed class StreamReceiverActor : UntypedActor, IWithTimers
{
    private const string SilenceTimer = "silence";
    private const string PieceTimer = "piece";

    // Of what a host says of itself people are shown so much.
    private const int MaxReason = 200;

    private readonly ListeningSettings _settings;
    private readonly IActorRef _owner;
    private readonly ClientHandshake? _handshake;
    private readonly ContentHash _hash;
    private readonly StallPolicy _patience;
    private readonly List<ReadOnlyMemory<byte>> _verified = [];
    private StreamOrder _order;
    private IActorRef _connection = ActorRefs.Nobody;
    private PieceChecker? _pieces;
    private long _proven;
    private int _plays;
    private int _starts;
    private bool _reading;
    private bool _open;
    private bool _ended;

    public StreamReceiverActor(StreamOrder order, ListeningSettings settings, IActorRef owner)
    {
        _order = order;
        _settings = settings;
        _owner = owner;
        _hash = new ContentHash(order.Song.ContentHash.Span);
        _proven = order.Offset;
        _patience = new StallPolicy(settings, order);
        _handshake = order.Requester.AccessKey is { } key
            ? new ClientHandshake(key, order.Requester.Peer, order.Requester.Name, 0, wantsBroadcasts: false)
            : null;
    }

    public static Props Props(StreamOrder order, ListeningSettings settings, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new StreamReceiverActor(order, settings, owner));

    public ITimerScheduler Timers { get; set; } = null!;

    private string HostName => $"{_order.Host.Name} ({_order.Host.Address}:{_order.Host.Port})";

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PreStart()
    {
        if (_order.Host.Port is 0 or > ushort.MaxValue)
        {
            Fail(FailureKind.Unreachable, "that is no port");
            return;
        }

        var transport = new TransportSettings { ReadBufferBytes = 64 * 1024, ConnectTimeout = _settings.ConnectTimeout };
        _connection = Context.ActorOf(TspConnectionActor.Outgoing(_order.Host.Address, (int)_order.Host.Port, transport, Self));
        Context.WatchWith(_connection, ConnectionGone.Instance);
    }

    protected override void OnReceive(object message)
    {
        if (_ended)
        {
            // It said STOP and waits for the connection to close in good order.
            if (message is ConnectionClosed or ConnectFailed or ConnectionGone)
                Context.Stop(Self);
            return;
        }

        switch (message)
        {
            case StopFetch:
                _ended = true;
                Timers.CancelAll();
                if (_open)
                    _connection.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Stop)));
                else
                    Context.Stop(Self);
                break;
            case PlayAgain again:
                PlayAgain(again);
                break;
            case FramesReceived received:
                _reading = false;
                foreach (var frame in received.Frames)
                {
                    if (_ended)
                        return;
                    Handle(frame);
                }

                HandOn();
                break;
            case PiecesTaken taken when taken.Seek == _order.Seek:
                _patience.SoundLeft(taken.Ahead);
                AwaitPiece();
                ReadOn(_patience.Silence);
                break;
            case ConnectionOpened:
                _open = true;
                if (_handshake is null)
                    SendPlay();
                else
                    _connection.Tell(new Send(_handshake.Hello));
                ReadOn(_settings.FirstByteTimeout);
                break;
            case ConnectFailed failed:
                Fail(FailureKind.Unreachable, failed.Reason);
                break;
            case ConnectionClosed closed:
                Fail(FailureKind.Cut, closed.Message);
                break;
            case InputEnded:
                Fail(FailureKind.Cut, "it closed the connection before the end of the song");
                break;
            case Silent:
                Fail(FailureKind.Cut, "nothing came from it any more");
                break;
            case Slow:
                Fail(FailureKind.Cut, "it is too slow");
                break;
            case ConnectionGone:
                Fail(FailureKind.Cut, "the connection failed");
                break;
        }
    }

    private void ReadOn(TimeSpan deadline)
    {
        Timers.StartSingleTimer(SilenceTimer, Silent.Instance, deadline);
        ReadOn();
    }

    private void ReadOn()
    {
        if (_reading)
            return;
        _reading = true;
        _connection.Tell(ReadMore.Instance);
    }

    private void AwaitPiece() => Timers.StartSingleTimer(PieceTimer, Slow.Instance, _patience.Piece);

    private void PlayAgain(PlayAgain again)
    {
        var isAskedFor = _pieces is null && StartOf(again.Offset) == StartOf(_order.Offset);
        _order = _order with { Offset = again.Offset, Seek = again.Seek };
        _verified.Clear();
        _proven = again.Offset;
        _pieces = null;
        _patience.SoundLeft(TimeSpan.Zero);
        Timers.Cancel(PieceTimer);
        // The first PLAY is still to be sent, and will be the right one.
        if (_plays == 0)
            return;
        if (!isAskedFor)
            SendPlay();
        ReadOn(_settings.FirstByteTimeout);
    }

    private long StartOf(long offset) => PieceChecker.StartOf(offset, MerkleTree.PieceBytes((long)_order.Song.Format.PayloadBytes));

    private void SendPlay()
    {
        _plays++;
        _connection.Tell(new Send(FrameEncoder.Encode(Operation.Play, _order.Song.Id, new PlayRequest
        {
            Offset = (ulong)StartOf(_order.Offset),
            Pace = _order.Pace,
            RequesterId = UnsafeByteOperations.UnsafeWrap(_order.Requester.Peer.ToArray()),
            ContentHash = _order.Song.ContentHash,
            WantPieceHashes = true,
        })));
    }

    private void Handle(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Data when _pieces is null && _plays > 1:
                // Of what was asked for before.
                break;
            case Operation.Data when frame.IsEndOfSong:
                End();
                break;
            case Operation.Data when _pieces is null:
                Fail(FailureKind.Corrupt, "it sent audio before it said of which song");
                break;
            case Operation.Data:
                // Only the song itself counts as a sign of life: a host that sends PINGs instead of it is of no use.
                if (!frame.Body.IsEmpty)
                    Timers.Cancel(SilenceTimer);
                if (!_pieces.Take(frame.Body.Span, _verified))
                    Fail(FailureKind.Corrupt, "it sent a piece that is not the song's");
                break;
            case Operation.Play when frame.HasBody:
                if (Read<StreamStart>(frame) is { } start)
                    Begin(start);
                break;
            case Operation.Init:
                if (Read<Init>(frame) is { } init)
                    Greet(init);
                break;
            case Operation.Error:
                if (Read<Error>(frame) is { } error)
                    Fail(FailureKind.Refused, error.Message.Length > MaxReason ? error.Message[..MaxReason] : error.Message, error);
                break;
            case Operation.Ping:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                break;
        }
    }

    private T? Read<T>(in Frame frame)
        where T : class, IMessage<T>, new()
    {
        if (Bodies.TryParse<T>(frame, out var body, out var violation))
            return body;
        Fail(FailureKind.Corrupt, $"it sent something that is not TSP: {violation.Message}");
        return null;
    }

    private void Greet(Init init)
    {
        switch (_handshake?.Advance(init))
        {
            case HandshakeResult.Reply reply:
                _connection.Tell(new Send(reply.Frame));
                break;
            case HandshakeResult.Accepted:
                SendPlay();
                break;
            case HandshakeResult.Refused refused:
                Fail(FailureKind.Refused, refused.Message);
                break;
        }
    }

    private void Begin(StreamStart start)
    {
        var length = (long)_order.Song.Format.PayloadBytes;
        if (++_starts > _plays)
        {
            Fail(FailureKind.Corrupt, "it began the song more often than it was asked to");
        }
        else if (new ContentHash(start.Song.ContentHash.Span) != _hash || start.Song.Format?.PayloadBytes != _order.Song.Format.PayloadBytes)
        {
            Fail(FailureKind.Corrupt, "it answered with another song");
        }
        else if (!PieceTree.TryCreate(_hash, length, start.PieceBytes, start.PieceHashes.Span, out var tree))
        {
            Fail(FailureKind.Corrupt, "its piece hashes are not the song's");
        }
        else if (start.Offset == (ulong)StartOf(_order.Offset))
        {
            AwaitPiece();
            // What came of an earlier PLAY from the same place is not handed on a second time.
            _pieces = new PieceChecker(tree, (long)start.Offset, _proven);
            _owner.Tell(new StreamStarted(_order, tree));
        }
        else if (_plays > 1 && _starts < _plays)
        {
            // The answer to a PLAY that was replaced; that to the last one is still to come.
            _pieces = null;
        }
        else
        {
            Fail(FailureKind.Corrupt, $"it started at byte {start.Offset}, not where it was asked to");
        }
    }

    private void HandOn()
    {
        if (_ended)
            return;
        if (_verified.Count == 0)
        {
            if (Timers.IsTimerActive(SilenceTimer))
                ReadOn();
            else
                ReadOn(_patience.Silence);
            return;
        }

        Timers.CancelAll();
        TellProven();
    }

    private void TellProven()
    {
        foreach (var piece in _verified)
            _proven += piece.Length;
        _owner.Tell(new PiecesArrived([.. _verified], _order.Seek));
        _verified.Clear();
    }

    private void End()
    {
        var isAtEnd = _order.Offset == (long)_order.Song.Format.PayloadBytes;
        if (_pieces is null || (!_pieces.IsComplete && !isAtEnd))
        {
            Fail(FailureKind.Corrupt, "it ended the song too early");
            return;
        }

        HandOn();
        Finish(new StreamFinished(_order.Seek));
    }

    private void Fail(FailureKind kind, string reason, Error? error = null)
    {
        if (_ended)
            return;
        // What was proven before is good, whatever came after it.
        if (_verified.Count > 0)
            TellProven();
        Finish(new StreamFailed(_order.Host, kind, $"{HostName}: {reason}", error));
    }

    private void Finish(object result)
    {
        _ended = true;
        _owner.Tell(result);
        Context.Stop(Self);
    }

    private sealed record ConnectionGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ConnectionGone Instance = new();
    }

    private sealed record Slow : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Slow Instance = new();
    }

    private sealed record Silent : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly Silent Instance = new();
    }
}
