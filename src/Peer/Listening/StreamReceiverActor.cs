using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Listening;

/// <summary>Receives one song from one host, from an offset to its end, and passes on only bytes that are proven to belong to it.</summary>
/// <remarks>
/// <code>
/// Connecting → ConnectionOpened → (INIT where there is a key: Greeting →) PLAY → Starting
/// Starting   → StreamStart whose tree has the song's hash as its root → Receiving
/// Receiving  → DATA → proven pieces to the owner → PiecesTaken → reads on
///            → bare DATA after the last piece → StreamFinished
/// Starting, Receiving → PlayAgain → PLAY → Starting: DATA of the earlier PLAY is dropped
/// any        → deadline, error, cut, wrong piece → StreamFailed
///            → StopFetch → STOP → Stopping: waits until the connection has closed in good order
/// </code>
/// It tells its owner exactly one StreamFinished or StreamFailed, and stops. While the owner does not reply, nothing is read, and the host feels it.
/// </remarks>
internal sealed class StreamReceiverActor : UntypedActor, IWithTimers
{
    private const string SilenceTimer = "silence";
    private const string PieceTimer = "piece";

    // How much of a host's own words people are shown.
    private const int MaxReason = 200;

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ListeningSettings _settings;
    private readonly IActorRef _owner;
    private readonly ClientHandshake? _handshake;
    private readonly StallPolicy _stall;
    private readonly StreamChecker _checker;
    private StreamOrder _order;
    private IActorRef _connection = ActorRefs.Nobody;
    private bool _isReading;

    public StreamReceiverActor(StreamOrder order, ListeningSettings settings, IActorRef owner)
    {
        _order = order;
        _settings = settings;
        _owner = owner;
        _stall = new StallPolicy(settings, order);
        _checker = new StreamChecker(order.Song, order.Offset);
        _handshake = order.Requester.AccessKey is { } key
            ? new ClientHandshake(key, order.Requester.Peer, order.Requester.Name, 0, wantsBroadcasts: false)
            : null;
    }

    public static Props Props(StreamOrder order, ListeningSettings settings, IActorRef owner) =>
        Akka.Actor.Props.Create(() => new StreamReceiverActor(order, settings, owner));

    public ITimerScheduler Timers { get; set; } = null!;

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

    protected override void OnReceive(object message) => Connecting(message);

    private void Connecting(object message)
    {
        switch (message)
        {
            case ConnectionOpened opened:
                _log.Debug("connected to {0} at {1} for song {2}", _order.Host.Name, opened.Remote, _order.Song.Id);
                Greet();
                ReadOn(_settings.FirstByteTimeout);
                break;
            case ConnectFailed failed:
                Fail(FailureKind.Unreachable, failed.Reason);
                break;
            case PlayAgain again:
                ChangeOffset(again);
                break;
            case StopFetch:
                Context.Stop(Self);
                break;
            default:
                WhileOpen(message);
                break;
        }
    }

    private void Greeting(object message)
    {
        // The first PLAY is still to be sent, and will ask for the right place.
        if (message is PlayAgain again)
            ChangeOffset(again);
        else
            WhileOpen(message);
    }

    private void Starting(object message)
    {
        if (message is PlayAgain again)
            Restart(again);
        else
            WhileOpen(message);
    }

    private void Receiving(object message)
    {
        switch (message)
        {
            case PiecesTaken taken:
                _stall.SoundLeft(taken.Ahead);
                AwaitPiece();
                ReadOn(_stall.Silence);
                break;
            case PlayAgain again:
                Restart(again);
                break;
            default:
                WhileOpen(message);
                break;
        }
    }

    private void Stopping(object message)
    {
        if (message is ConnectionClosed or ConnectionGone)
            Context.Stop(Self);
    }

    private void WhileOpen(object message)
    {
        switch (message)
        {
            case FramesReceived received:
                ReadFrames(received);
                break;
            case StopFetch:
                Timers.CancelAll();
                _connection.Tell(new CloseConnection(FrameEncoder.Encode(Operation.Stop)));
                Become(Stopping);
                break;
            case ConnectionClosed closed:
                Fail(FailureKind.Cut, closed.Message);
                break;
            case InputEnded:
                Fail(FailureKind.Cut, "it closed the connection before the end of the song");
                break;
            case SilenceExpired:
                Fail(FailureKind.Cut, "nothing came from it any more");
                break;
            case PieceExpired:
                Fail(FailureKind.Cut, "it is too slow");
                break;
            case ConnectionGone:
                Fail(FailureKind.Cut, "the connection failed");
                break;
        }
    }

    private void ReadFrames(FramesReceived received)
    {
        _isReading = false;
        foreach (var frame in received.Frames)
        {
            if (!TryHandle(frame))
                return;
        }

        if (_checker.HasProven)
        {
            Timers.CancelAll();
            TellProven();
        }
        else if (Timers.IsTimerActive(SilenceTimer))
        {
            ReadOn();
        }
        else
        {
            ReadOn(_stall.Silence);
        }
    }

    /// <summary>Handles one frame.</summary>
    /// <returns>False when this receiver is done, with or without success.</returns>
    private bool TryHandle(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Data when _checker.IsSuperseded:
                return true;
            case Operation.Data when frame.IsEndOfSong:
                return End();
            case Operation.Data:
                return TryAdd(frame);
            case Operation.Play when frame.HasBody:
                return TryRead<StreamStart>(frame, out var start) && TryBegin(start!);
            case Operation.Init:
                return TryRead<Init>(frame, out var init) && TryGreet(init!);
            case Operation.Error:
                return TryRead<Error>(frame, out var error)
                    && Fail(FailureKind.Refused, error!.Message.Length > MaxReason ? error.Message[..MaxReason] : error.Message, error);
            case Operation.Ping:
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                return true;
            default:
                return true;
        }
    }

    private bool TryAdd(in Frame data)
    {
        // Only the song itself counts as a sign of life: a host that sends PINGs instead of it is of no use.
        if (!data.Body.IsEmpty)
            Timers.Cancel(SilenceTimer);
        return _checker.Add(data.Body.Span) is not { } fault || Fail(FailureKind.Corrupt, fault);
    }

    private bool TryRead<T>(in Frame frame, out T? body)
        where T : class, IMessage<T>, new() =>
        Bodies.TryParse(frame, out body, out var violation) || Fail(FailureKind.Corrupt, $"it sent something that is not TSP: {violation.Message}");

    private bool TryBegin(StreamStart start)
    {
        if (_checker.Begin(start, out var tree) is { } fault)
            return Fail(FailureKind.Corrupt, fault);
        if (tree is null)
            return true;
        AwaitPiece();
        Become(Receiving);
        _owner.Tell(new StreamStarted(_order, tree));
        return true;
    }

    private bool End()
    {
        if (_checker.End() is { } fault)
            return Fail(FailureKind.Corrupt, fault);
        return Finish(StreamFinished.Instance);
    }

    private void Greet()
    {
        if (_handshake is null)
        {
            SendPlay();
            return;
        }

        _connection.Tell(new Send(_handshake.Hello));
        Become(Greeting);
    }

    private bool TryGreet(Init init)
    {
        if (_handshake is null)
            return true;
        if (_handshake.Take(init, out var reply, out var welcome) is { } fault)
            return Fail(FailureKind.Refused, fault);
        if (reply is not null)
            _connection.Tell(new Send(reply));
        else if (welcome is not null)
            SendPlay();
        return true;
    }

    private bool ChangeOffset(PlayAgain again)
    {
        _order = _order with { Offset = again.Offset, Epoch = again.Epoch };
        _stall.SoundLeft(TimeSpan.Zero);
        return _checker.Seek(again.Offset);
    }

    private void Restart(PlayAgain again)
    {
        Timers.Cancel(PieceTimer);
        Become(Starting);
        if (ChangeOffset(again))
            SendPlay();
        ReadOn(_settings.FirstByteTimeout);
    }

    private void SendPlay()
    {
        _checker.PlaySent();
        _connection.Tell(new Send(FrameEncoder.Encode(Operation.Play, _order.Song.Id, new PlayRequest
        {
            Offset = (ulong)_checker.PlayOffset,
            Pace = _order.Pace,
            RequesterId = UnsafeByteOperations.UnsafeWrap(_order.Requester.Peer.ToArray()),
            ContentHash = _order.Song.ContentHash,
            WantPieceHashes = true,
        })));
        Become(Starting);
    }

    private void AwaitPiece() => Timers.StartSingleTimer(PieceTimer, PieceExpired.Instance, _stall.Piece);

    private void ReadOn(TimeSpan deadline)
    {
        Timers.StartSingleTimer(SilenceTimer, SilenceExpired.Instance, deadline);
        ReadOn();
    }

    private void ReadOn()
    {
        if (_isReading)
            return;
        _isReading = true;
        _connection.Tell(ReadMore.Instance);
    }

    private void TellProven() => _owner.Tell(new PiecesArrived(_checker.DequeueProven(), _order.Epoch));

    private bool Fail(FailureKind kind, string reason, Error? error = null) =>
        Finish(new StreamFailed(_order.Host, kind, $"{_order.Host.Name} ({_order.Host.Address}:{_order.Host.Port}): {reason}", error));

    private bool Finish(IReceiverMessage result)
    {
        // Bytes that are proven are good, however this ends.
        if (_checker.HasProven)
            TellProven();
        _owner.Tell(result);
        Context.Stop(Self);
        return false;
    }

    private sealed record ConnectionGone : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly ConnectionGone Instance = new();
    }

    private sealed record PieceExpired : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PieceExpired Instance = new();
    }

    private sealed record SilenceExpired : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly SilenceExpired Instance = new();
    }
}
