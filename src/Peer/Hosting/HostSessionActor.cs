using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting;

/// <summary>This host's end of one requester's connection: handshake, INFO, and one stream at a time (docs/protocol.md section 4).</summary>
/// <remarks>
/// <code>
/// Idle      → PLAY → AdmitStream → Admitting → StreamAdmitted → Streaming      StreamRefused → ERROR → Idle
/// Streaming → PLAY → StopStream  → Stopping  → StreamEnded    → AdmitStream    (seeking)
///           → STOP → StopStream  → Stopping  → StreamEnded    → STOP, close
///           → StreamEnded        → Idle
/// </code>
/// Frames wait while it is Admitting or Stopping, while answers to earlier ones are not taken, and for a while when a requester asks for streams too often; then
/// nothing more is read. Child of its TspConnectionActor; ends with it.
/// </remarks>
internal sealed class HostSessionActor : UntypedActor, IWithTimers
{
    // Answers (PONG, INFO, ERROR) that a requester has not taken: with more it is not read, so one that never reads costs no more than this and one answer.
    private const int MaxUntaken = 64 * 1024;

    // Seeking in bursts is what people do.
    private const int SecondsOfPlays = 2;

    private readonly AccessKey? _key;
    private readonly OwnSongsCell _songs;
    private readonly IActorRef _hosting;
    private readonly Queue<Frame> _frames = new();
    private readonly TokenBucket? _plays;
    private IActorRef _connection = ActorRefs.Nobody;
    private IActorRef? _stream;
    private bool _waiting;
    private bool _inputEnded;
    private bool _draining;
    private bool _closing;
    private bool _proved;
    private HostHandshake? _handshake;
    private Action? _whenStopped;
    private IPAddress _address = IPAddress.None;
    private PeerId? _peer;
    private bool _paused;
    private int _untaken;

    public HostSessionActor(AccessKey? key, OwnSongsCell songs, IActorRef hosting, int maxPlaysPerSecond)
    {
        _key = key;
        _songs = songs;
        _hosting = hosting;
        _proved = key is null;
        if (maxPlaysPerSecond > 0)
            _plays = new TokenBucket(maxPlaysPerSecond, SecondsOfPlays * maxPlaysPerSecond, Now);
    }

    /// <param name="key">The access key; null = none is needed.</param>
    /// <param name="songs">What is shared.</param>
    /// <param name="hosting">The HostingActor.</param>
    /// <param name="maxPlaysPerSecond">PLAYs of this connection that are served in a second; 0 = no limit.</param>
    public static Props Props(AccessKey? key, OwnSongsCell songs, IActorRef hosting, int maxPlaysPerSecond = 0) =>
        Akka.Actor.Props.Create(() => new HostSessionActor(key, songs, hosting, maxPlaysPerSecond));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case FramesReceived received:
                foreach (var frame in received.Frames)
                    _frames.Enqueue(frame);
                Serve();
                break;
            case StreamAdmitted admitted:
                _stream = admitted.Stream;
                Context.WatchWith(_stream, new StreamDied(_stream));
                _connection.Tell(new AllowSilence(true));
                _waiting = false;
                Serve();
                break;
            case StreamRefused refused:
                _waiting = false;
                if (refused.Cuts)
                    Close(refused.Frame);
                else
                    Answer(refused.Frame);
                Pause(refused.Pause);
                Serve();
                break;
            case Sent { Token: byte[] answer }:
                _untaken -= answer.Length;
                if (_untaken <= MaxUntaken && _untaken + answer.Length > MaxUntaken)
                    Serve();
                break;
            case PauseOver:
                _paused = false;
                Serve();
                break;
            case StreamEnded when Sender.Equals(_stream):
                StreamOver();
                break;
            case StreamDied died when died.Stream.Equals(_stream):
                Answer(Errors.Frame(ErrorCode.Internal, "the stream failed"));
                StreamOver();
                break;
            case ConnectionOpened opened:
                _connection = opened.Connection;
                _address = opened.Remote.Address;
                _connection.Tell(ReadMore.Instance);
                break;
            case InputEnded:
                _inputEnded = true;
                CloseWhenDone();
                break;
            case DrainRequested:
                _draining = true;
                CloseWhenDone();
                break;
            case ConnectionClosed:
                Context.Stop(Self);
                break;
            case StreamDied:
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Serve()
    {
        while (!IsHeld && _frames.TryPeek(out var frame))
        {
            if (frame.Operation == Operation.Play && _plays?.Wait(1, Now) is { } wait && wait > TimeSpan.Zero)
            {
                Pause(wait);
                break;
            }

            Handle(_frames.Dequeue());
        }

        if (IsHeld)
            return;
        CloseWhenDone();
        if (!_closing && !_inputEnded)
            _connection.Tell(ReadMore.Instance);
    }

    // The requester is neither served nor read.
    private bool IsHeld => _waiting || _closing || _paused || _untaken > MaxUntaken;

    private void Pause(TimeSpan pause)
    {
        if (pause <= TimeSpan.Zero || _closing)
            return;
        _paused = true;
        Timers.StartSingleTimer(PauseOver.Instance, PauseOver.Instance, pause);
    }

    private void Answer(byte[] frame)
    {
        _untaken += frame.Length;
        _connection.Tell(new Send(frame, Token: frame));
    }

    // Who has said all there is to say is let go when what runs has ended.
    private void CloseWhenDone()
    {
        if (_stream is null && !_waiting && _frames.Count == 0 && (_inputEnded || _draining))
            Close(_draining ? Errors.Frame(ErrorCode.ShuttingDown, "this host is going down", retryAfter: TimeSpan.FromSeconds(5)) : null);
    }

    private void Handle(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Init:
                TakeInit(frame);
                break;
            case Operation.Play or Operation.Info when !_proved:
                Close(Errors.Frame(ErrorCode.Unauthenticated, "this host needs an access key", frame.SongId));
                break;
            case Operation.Play:
                Play(frame);
                break;
            case Operation.Info:
                Info(frame.SongId);
                break;
            case Operation.Stop:
                StopStreamThen(() => Close(FrameEncoder.Encode(Operation.Stop)));
                break;
            case Operation.Ping:
                Answer(FrameEncoder.Encode(Operation.Pong, frame.SongId));
                break;
            case Operation.Quit:
                Close();
                break;
            case Operation.Pong or Operation.Error:
                break;
            default:
                if (frame.EndsFrame)
                    Answer(Errors.Unsupported(frame));
                break;
        }
    }

    private void Play(in Frame frame)
    {
        if (!Bodies.TryParse<PlayRequest>(frame, out var request, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        // A PLAY that cannot be served still replaces the stream that runs: the requester wants that one no longer.
        var song = _songs.Current.Find(frame.SongId);
        if (PlayRules.Fault(song, frame.SongId, request) is { } fault)
        {
            StopStreamThen(() => Answer(Errors.Frame(fault)));
            return;
        }

        // The next frame replaces this one before it can begin: who seeks as fast as it can costs no stream for each.
        if (_frames.TryPeek(out var next) && next.Operation == Operation.Play)
            return;
        _peer ??= _handshake?.Peer ?? (request.RequesterId.IsEmpty ? null : new PeerId(request.RequesterId.Span));
        _plays?.Take(1);
        // What the old stream has is this one's, however many wait for it.
        if (_stream is not null)
            _hosting.Tell(new KeepSlot(_stream));
        StopStreamThen(() => Admit(song!, request));
    }

    private void StopStreamThen(Action whenStopped)
    {
        if (_stream is null)
        {
            whenStopped();
            return;
        }

        _waiting = true;
        _whenStopped = whenStopped;
        _stream.Tell(StopStream.Instance);
    }

    private void StreamOver()
    {
        Context.Unwatch(_stream!);
        _stream = null;
        _connection.Tell(new AllowSilence(false));
        if (_whenStopped is not { } whenStopped)
        {
            CloseWhenDone();
            return;
        }

        _whenStopped = null;
        _waiting = false;
        whenStopped();
        Serve();
    }

    private void Admit(OwnSong song, PlayRequest request)
    {
        _waiting = true;
        _hosting.Tell(new AdmitStream(song, request, _connection, RequesterKey.Of(_peer, _address)));
    }

    private void Info(int id)
    {
        if (_songs.Current.Find(id) is not { } song)
        {
            Answer(Errors.Frame(PlayRules.Unknown(id)));
            return;
        }

        Answer(FrameEncoder.Encode(Operation.Info, id, new SongInfoPage { Songs = { song.ToSong() } }));
    }

    private void TakeInit(in Frame frame)
    {
        if (!Bodies.TryParse<Init>(frame, out var init, out var violation))
        {
            Close(Errors.Frame(violation));
            return;
        }

        _handshake ??= new HostHandshake(_key);
        var reply = _handshake.Take(init, out var refused);
        if (refused)
            Close(reply);
        else
            Answer(reply);
        _proved |= _handshake.IsProved;
    }

    private void Close(byte[]? lastWords = null)
    {
        if (_closing)
            return;
        _closing = true;
        _stream?.Tell(StopStream.Instance);
        _connection.Tell(new CloseConnection(lastWords));
    }

    private sealed record StreamDied(IActorRef Stream) : ILocalMessage;

    private sealed record PauseOver : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly PauseOver Instance = new();
    }
}
