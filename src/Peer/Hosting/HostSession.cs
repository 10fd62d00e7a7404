using Akka.Actor;
using Google.Protobuf;
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
/// Frames wait while it is Admitting or Stopping; then nothing more is read. Child of its TspConnection; ends with it.
/// </remarks>
internal sealed class HostSession : UntypedActor
{
    private readonly AccessKey? _key;
    private readonly OwnSongsCell _songs;
    private readonly IActorRef _hosting;
    private readonly Queue<Frame> _frames = new();
    private IActorRef _connection = ActorRefs.Nobody;
    private IActorRef? _stream;
    private bool _waiting;
    private bool _inputEnded;
    private bool _draining;
    private bool _closing;
    private bool _proved;
    private HostHandshake? _handshake;
    private Action? _whenStopped;

    public HostSession(AccessKey? key, OwnSongsCell songs, IActorRef hosting)
    {
        _key = key;
        _songs = songs;
        _hosting = hosting;
        _proved = key is null;
    }

    public static Props Props(AccessKey? key, OwnSongsCell songs, IActorRef hosting) => Akka.Actor.Props.Create(() => new HostSession(key, songs, hosting));

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
                _connection.Tell(new Send(refused.Frame));
                _waiting = false;
                Serve();
                break;
            case StreamEnded when Sender.Equals(_stream):
                StreamOver();
                break;
            case StreamDied died when died.Stream.Equals(_stream):
                _connection.Tell(new Send(Errors.Frame(ErrorCode.Internal, "the stream failed")));
                StreamOver();
                break;
            case ConnectionOpened opened:
                _connection = opened.Connection;
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
        while (!_waiting && !_closing && _frames.TryDequeue(out var frame))
            Handle(frame);
        if (_waiting || _closing)
            return;
        CloseWhenDone();
        if (!_closing && !_inputEnded)
            _connection.Tell(ReadMore.Instance);
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
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                break;
            case Operation.Quit:
                Close();
                break;
            case Operation.Pong or Operation.Error:
                break;
            default:
                if (frame.EndsFrame)
                    _connection.Tell(new Send(Errors.Unsupported(frame)));
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
            StopStreamThen(() => _connection.Tell(new Send(Errors.Frame(fault))));
        else
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
        _hosting.Tell(new AdmitStream(song, request, _connection));
    }

    private void Info(int id)
    {
        if (_songs.Current.Find(id) is not { } song)
        {
            _connection.Tell(new Send(Errors.Frame(PlayRules.Unknown(id))));
            return;
        }

        _connection.Tell(new Send(FrameEncoder.Encode(Operation.Info, id, new SongInfoPage { Songs = { song.ToSong() } })));
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
            _connection.Tell(new Send(reply));
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

    private sealed record StreamDied(IActorRef Stream) : INoSerializationVerificationNeeded;
}
