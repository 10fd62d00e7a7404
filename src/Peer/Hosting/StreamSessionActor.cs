using System.Buffers;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Media;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting;

/// <summary>One play request: reads the song's payload and pushes it as DATA frames as the socket takes them, at the pace asked for, until its end or STOP.</summary>
/// <remarks>
/// <code>
/// Waiting   → StartStream → Opening
/// Opening   → Opened (file unchanged) → StreamStart → Streaming        cannot be served → ERROR → Ending
/// Streaming → chunk read → DATA → Sent → next chunk, while fewer than the window are on their way and the pacer lets it
///           → while the upload is limited: AskUpload → UploadGranted, before each chunk
///           → everything read → bare DATA → Ending                     file changed or failing → ERROR → Ending
/// any       → StopStream, EndStream → Ending                                    connection gone → stops
/// Ending    : when the socket has taken every chunk, the hosting is told StreamOver and the session StreamEnded; then this actor stops
/// </code>
/// It ends only when its chunks are gone, so that a requester who seeks and does not read never has more than one window queued.
/// Files are read asynchronously, never on an actor's thread. A buffer goes back to the pool when the socket has taken it; memory for a listener is
/// bounded by the window.
/// </remarks>
internal sealed class StreamSessionActor : UntypedActor, IWithTimers
{
    private const string PaceTimer = "pace";

    private readonly OwnSong _song;
    private readonly PlayRequest _request;
    private readonly HostingSettings _settings;
    private readonly Func<SongFile, byte[]?> _leaves;
    private readonly IActorRef _connection;
    private readonly IActorRef _session;
    private readonly IActorRef _library;
    private readonly Pacer _pacer;
    private readonly int _chunkBytes;
    private readonly byte[] _fullHeader = new byte[FrameHeader.SizeWithLength];

    private readonly FileUse _fileUse = new();

    private PayloadReader? _reader;
    private long _next;
    private int _inFlight;
    private bool _reading;
    private bool _ending;
    private bool _isLimited;
    private bool _asked;
    private bool _granted;
    private long _startedAt;

    public StreamSessionActor(
        OwnSong song, PlayRequest request, HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef connection, IActorRef session, IActorRef library)
    {
        _song = song;
        _request = request;
        _settings = settings;
        _leaves = leaves;
        _connection = connection;
        _session = session;
        _library = library;
        var duration = TimeSpan.FromMilliseconds(song.File.Format.DurationMs);
        // Who checks pieces can hear none of a piece before all of it has come.
        var piece = request.WantPieceHashes ? duration * ((double)MerkleTree.PieceBytes(song.File.PayloadLength) / song.File.PayloadLength) : TimeSpan.Zero;
        _pacer = request.Pace == Pace.Full
            ? Pacer.Unlimited
            : Pacer.RealTime(song.File.PayloadLength, duration, settings.StartBurst + (piece < duration ? piece : duration));
        _chunkBytes = _pacer.ChunkBytes(settings.ChunkBytes);
        _next = (long)request.Offset;
        FrameEncoder.WriteDataHeader(_fullHeader, song.Id, _chunkBytes);
    }

    public static Props Props(
        OwnSong song, PlayRequest request, HostingSettings settings, Func<SongFile, byte[]?> leaves, IActorRef connection, IActorRef session, IActorRef library) =>
        Akka.Actor.Props.Create(() => new StreamSessionActor(song, request, settings, leaves, connection, session, library));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Context.Watch(_connection);
        Context.Watch(_session);
    }

    // A read that is under way must not lose its file: it closes the file itself when it is done.
    protected override void PostStop() => _fileUse.Close();

    private void Open()
    {
        var song = _song.File;
        var wantsPieces = _request.WantPieceHashes;
        _fileUse.Begin();
        Task.Run(() => Open(song, wantsPieces ? _leaves : null, _fileUse)).PipeTo(Self, failure: error => new ReadFailed(error.Message));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sent { Token: byte[] buffer }:
                ArrayPool<byte>.Shared.Return(buffer);
                _inFlight--;
                if (_ending)
                    StopWhenTaken();
                else
                    Pump();
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            case ChunkRead unwanted when _ending:
                ArrayPool<byte>.Shared.Return(unwanted.Buffer);
                break;
            case ChunkRead read:
                OnRead(read);
                break;
            case var _ when _ending:
                break;
            case PaceReached:
                Pump();
                break;
            case UploadGranted:
                (_asked, _granted) = (false, true);
                Pump();
                break;
            case LimitUpload limit:
                _isLimited = limit.IsLimited;
                break;
            case EndStream end:
                End(end.LastWords);
                break;
            case StartStream:
                Open();
                break;
            case Opened opened:
                Start(opened);
                break;
            case ReadFailed failed:
                End(Errors.Frame(ErrorCode.Internal, $"the song cannot be read: {failed.Reason}", _song.Id));
                break;
            case StopStream:
                End(null);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static Opened Open(SongFile song, Func<SongFile, byte[]?>? leaves, FileUse use)
    {
        var opening = PayloadReader.Open(song);
        var reader = (opening as PayloadOpening.Opened)?.Reader;
        if (reader is null)
            use.End();
        else
            use.Opened(reader);
        return new Opened(opening, reader is null ? null : leaves?.Invoke(song));
    }

    private void Start(Opened opened)
    {
        switch (opened.Opening)
        {
            case PayloadOpening.Opened when _request.WantPieceHashes && opened.Leaves is null:
                EndChanged();
                break;
            case PayloadOpening.Opened { Reader: var reader }:
                _reader = reader;
                _startedAt = Stopwatch.GetTimestamp();
                var start = new StreamStart { Song = _song.ToSong(), Offset = _request.Offset };
                if (opened.Leaves is { } leaves)
                {
                    start.PieceBytes = (uint)MerkleTree.PieceBytes(_song.File.PayloadLength);
                    start.PieceHashes = UnsafeByteOperations.UnsafeWrap(MerkleTree.PieceLayer(leaves));
                }

                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Play, _song.Id, start)));
                Pump();
                break;
            case PayloadOpening.Unreadable unreadable:
                End(Errors.Frame(ErrorCode.Internal, $"the song cannot be read: {unreadable.Text}", _song.Id));
                break;
            default:
                EndChanged();
                break;
        }
    }

    private void Pump()
    {
        if (_reader is null || _reading || _inFlight >= _settings.ChunksInFlight)
            return;
        if (_next >= _reader.Length)
        {
            _connection.Tell(new Send(FrameEncoder.Encode(Operation.Data, _song.Id)));
            End(null);
            return;
        }

        var delay = _pacer.Delay(_next - (long)_request.Offset, Stopwatch.GetElapsedTime(_startedAt));
        if (delay > TimeSpan.Zero)
        {
            if (!Timers.IsTimerActive(PaceTimer))
                Timers.StartSingleTimer(PaceTimer, PaceReached.Instance, delay);
            return;
        }

        if (_isLimited && !_granted)
        {
            if (!_asked)
                Context.Parent.Tell(new AskUpload((int)Math.Min(_chunkBytes, _reader.Length - _next)));
            _asked = true;
            return;
        }

        _granted = false;
        _reading = true;
        _fileUse.Begin();
        var buffer = ArrayPool<byte>.Shared.Rent(_chunkBytes);
        ReadAsync(_reader, buffer, _next).PipeTo(Self, failure: error => new ReadFailed(error.GetBaseException().Message));
    }

    private async Task<object> ReadAsync(PayloadReader reader, byte[] buffer, long offset)
    {
        try
        {
            var length = await reader.ReadAsync(buffer.AsMemory(0, _chunkBytes), offset).ConfigureAwait(false);
            return new ChunkRead(buffer, length, reader.IsUnchanged());
        }
        catch (IOException error)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return new ReadFailed(error.Message.Replace(_song.File.Path, "its file", StringComparison.Ordinal));
        }
        finally
        {
            _fileUse.End();
        }
    }

    private void OnRead(ChunkRead read)
    {
        _reading = false;
        var expected = (int)Math.Min(_chunkBytes, _reader!.Length - _next);
        if (read.Length < expected || !read.Unchanged)
        {
            ArrayPool<byte>.Shared.Return(read.Buffer);
            EndChanged();
            return;
        }

        var header = _fullHeader;
        if (read.Length != _chunkBytes)
            FrameEncoder.WriteDataHeader(header = new byte[FrameHeader.SizeWithLength], _song.Id, read.Length);
        _inFlight++;
        _next += read.Length;
        _connection.Tell(new Send(header, read.Buffer.AsMemory(0, read.Length), read.Buffer));
        Pump();
    }

    private void EndChanged()
    {
        _library.Tell(new Rescan(_song.File.Path), ActorRefs.Nobody);
        End(Errors.Frame(ErrorCode.SongChanged, "the file is not what it was when it was shared; it is being scanned again", _song.Id));
    }

    private void End(byte[]? lastWords)
    {
        _ending = true;
        Timers.Cancel(PaceTimer);
        if (lastWords is not null)
            _connection.Tell(new Send(lastWords));
        StopWhenTaken();
    }

    // The hosting first: when the session asks for its next stream, the place of this one is free.
    private void StopWhenTaken()
    {
        if (_inFlight > 0)
            return;
        Context.Parent.Tell(StreamOver.Instance);
        _session.Tell(StreamEnded.Instance);
        Context.Stop(Self);
    }

    private sealed record Opened(PayloadOpening Opening, byte[]? Leaves) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record ChunkRead(byte[] Buffer, int Length, bool Unchanged) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record ReadFailed(string Reason) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record PaceReached : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly PaceReached Instance = new();
    }
}
