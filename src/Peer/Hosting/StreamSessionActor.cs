using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Media.Library;
using TspActors.Peer.Hosting.Streams;
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
/// any       → StopStream, EndStream → Ending                           connection gone → stops
/// Ending    : when the socket has taken every chunk, the hosting is told StreamOver and the session StreamEnded; then this actor stops
/// </code>
/// It ends only when its chunks are gone, so that a requester who seeks and does not read never has more than one window queued.
/// Files are read asynchronously, never on an actor's thread; what another listener of the song has just had is at hand, and is sent from the same buffer. Memory for a
/// listener is bounded by the window. At full speed, streams at real time come first, chunk by chunk.
/// </remarks>
internal sealed class StreamSessionActor : UntypedActor
{
    // Under an upload limit a larger chunk would take longer than listeners wait for the next one.
    private const int LimitedChunkBytes = 64 * 1024;

    private static readonly TimeSpan TooManySongsRetry = TimeSpan.FromSeconds(5);

    private readonly OwnSong _song;
    private readonly PlayRequest _request;
    private readonly HostingSettings _settings;
    private readonly StreamSupplies _supplies;
    private readonly IActorRef _connection;
    private readonly IActorRef _session;
    private readonly IActorRef _library;
    private readonly Pacer _pacer;
    private readonly PaceWheel.Waker _waker;
    private readonly int _chunkBytes;
    private readonly FileUse _fileUse = new();

    private OpenSong? _file;
    private long _next;
    private int _inFlight;
    private bool _reading;
    private bool _ending;
    private bool _isYielding;
    private bool _hasYielded;
    private bool _isLimited;
    private bool _asked;
    private bool _granted;
    private long _startedAt;

    public StreamSessionActor(
        OwnSong song, PlayRequest request, HostingSettings settings, StreamSupplies supplies, IActorRef connection, IActorRef session, IActorRef library)
    {
        _song = song;
        _request = request;
        _settings = settings;
        _supplies = supplies;
        _connection = connection;
        _session = session;
        _library = library;
        var duration = TimeSpan.FromMilliseconds(song.File.Format.DurationMs);
        // Who checks pieces can hear none of a piece before all of it has come.
        var piece = request.WantPieceHashes ? duration * ((double)MerkleTree.PieceBytes(song.File.PayloadLength) / song.File.PayloadLength) : TimeSpan.Zero;
        _pacer = new Pacer(IsRealTime ? settings.StartBurst + (piece < duration ? piece : duration) : null, song.File.Format.Vbr ? Pacer.LongestGap : null);
        _chunkBytes = IsRealTime ? ChunkSize.RealTime(song.File, settings) : ChunkSize.Full(settings);
        _waker = supplies.Wheel.For(Self, IsRealTime);
        _next = (long)request.Offset;
    }

    public static Props Props(
        OwnSong song, PlayRequest request, HostingSettings settings, StreamSupplies supplies, IActorRef connection, IActorRef session, IActorRef library) =>
        Akka.Actor.Props.Create(() => new StreamSessionActor(song, request, settings, supplies, connection, session, library));

    // A song whose length is not known has no pace.
    private bool IsRealTime => _request.Pace == Pace.Realtime && _song.File.Format.DurationMs > 0;

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    protected override void PreStart()
    {
        Context.Watch(_connection);
        Context.Watch(_session);
    }

    // A read that is under way must not lose its file: it closes the file itself when it is done.
    protected override void PostStop()
    {
        _waker.Stop();
        _fileUse.Close();
    }

    private void Open()
    {
        var wantsPieces = _request.WantPieceHashes;
        _waker.Due();
        _fileUse.Begin();
        Task.Run(() => Open(_song, _supplies, wantsPieces, _fileUse)).PipeTo(Self, failure: error => new ReadFailed(error.Message));
    }

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case Sent { Token: SongChunk taken }:
                taken.Release();
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
                unwanted.Chunk?.Release();
                break;
            case ChunkRead read:
                _reading = false;
                if (Push(read.Chunk))
                    Pump();
                break;
            case var _ when _ending:
                break;
            case PaceWheel.WakeUp:
                (_hasYielded, _isYielding) = (_isYielding, false);
                Pump();
                _waker.Served();
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

    private static Opened Open(OwnSong own, StreamSupplies supplies, bool wantsPieces, FileUse use)
    {
        var opening = supplies.Songs.Open(own, out var song);
        if (song is null)
            use.End();
        else
            use.Opened(song);
        return new Opened(opening, song, song is not null && wantsPieces ? supplies.Leaves(own.File) : null);
    }

    private void Start(Opened opened)
    {
        switch (opened.Opening)
        {
            case PayloadOpening.Opened when _request.WantPieceHashes && opened.Leaves is null:
                EndChanged();
                break;
            case PayloadOpening.Opened:
                _file = opened.Song;
                _startedAt = Stopwatch.GetTimestamp();
                var start = new StreamStart { Song = _song.ToSong(), Offset = _request.Offset };
                if (opened.Leaves is { } leaves)
                {
                    start.PieceBytes = (uint)MerkleTree.PieceBytes(_song.File.PayloadLength);
                    start.PieceHashes = UnsafeByteOperations.UnsafeWrap(MerkleTree.PieceLayer(leaves));
                }

                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Play, _song.Id, start)));
                Pump();
                _waker.Served();
                break;
            case null:
                End(Errors.Frame(ErrorCode.Busy, "too many different songs are streamed from here at once", _song.Id, TooManySongsRetry));
                break;
            case PayloadOpening.Unreadable unreadable:
                End(Errors.Frame(ErrorCode.Internal, $"the song cannot be read: {unreadable.Text}", _song.Id));
                break;
            default:
                EndChanged();
                break;
        }
    }

    // What is at hand goes on at once; where something has to be waited for, whatever it is comes back here.
    private void Pump()
    {
        while (_file is { } file && !_reading && !_ending)
        {
            if (_inFlight >= _settings.ChunksInFlight)
            {
                if (_pacer.IsBehind(Elapsed))
                    _supplies.Wheel.Late();
                return;
            }

            if (_next >= file.Length)
            {
                _connection.Tell(new Send(FrameEncoder.Encode(Operation.Data, _song.Id)));
                End(null);
                return;
            }

            var delay = _pacer.Delay(Elapsed);
            if (delay > PaceWheel.Slot)
            {
                _waker.In(delay);
                return;
            }

            // Under a limit it is its turn when it is granted.
            if (_isLimited ? !MaySend(file.Length) : !IsRealTime && YieldsToRealTime())
                return;
            _granted = false;
            if (!TryRead(file, out var chunk) || !Push(chunk))
                return;
        }
    }

    // Once for each chunk, so that it gets on however busy the host is.
    private bool YieldsToRealTime()
    {
        if (_isYielding)
            return true;
        _isYielding = !_hasYielded && _waker.Yields();
        _hasYielded = false;
        return _isYielding;
    }

    private bool MaySend(long payloadLength)
    {
        if (_granted)
            return true;
        if (!_asked)
        {
            var (offset, length) = Part(payloadLength);
            Context.Parent.Tell(new AskUpload(length - (int)(_next - offset)));
            _asked = true;
        }

        return false;
    }

    // False while it is being read.
    private bool TryRead(OpenSong file, out SongChunk? chunk)
    {
        _fileUse.Begin();
        var (offset, length) = Part(file.Length);
        var reading = IsRealTime ? file.ReadAsync(offset, length) : new ValueTask<SongChunk?>(file.ReadAloneAsync(offset, length));
        if (reading.IsCompletedSuccessfully)
        {
            _fileUse.End();
            chunk = reading.Result;
            return true;
        }

        chunk = null;
        _reading = true;
        ReportAsync(reading).PipeTo(Self, failure: error => new ReadFailed(error.GetBaseException().Message));
        return false;
    }

    // At real time cut at the same places for everybody, wherever they began.
    private (long Offset, int Length) Part(long payloadLength)
    {
        var size = _isLimited && !IsRealTime ? Math.Min(_chunkBytes, LimitedChunkBytes) : _chunkBytes;
        var offset = IsRealTime ? _next / size * size : _next;
        return (offset, (int)Math.Min(size, payloadLength - offset));
    }

    private async Task<object> ReportAsync(ValueTask<SongChunk?> reading)
    {
        try
        {
            return new ChunkRead(await reading.ConfigureAwait(false));
        }
        catch (IOException error)
        {
            return new ReadFailed(error.Message.Replace(_song.File.Path, "its file", StringComparison.Ordinal));
        }
        finally
        {
            _fileUse.End();
        }
    }

    // False when the file turned out to be another one.
    private bool Push(SongChunk? chunk)
    {
        if (chunk is null)
        {
            EndChanged();
            return false;
        }

        var skip = (int)(_next - chunk.Offset);
        var length = chunk.Length - skip;
        _inFlight++;
        _next += length;
        if (skip == 0)
        {
            _pacer.Sent(chunk.Audio, Elapsed);
            _connection.Tell(new Send(chunk.Frame, Token: chunk));
            return true;
        }

        var header = new byte[FrameHeader.SizeWithLength];
        FrameEncoder.WriteDataHeader(header, _song.Id, length);
        var part = chunk.Body[skip..];
        _pacer.Sent(SongTime.Of(_song.File, part.Span), Elapsed);
        _connection.Tell(new Send(header, part, chunk));
        return true;
    }

    private void EndChanged()
    {
        _library.Tell(new Rescan(_song.File.Path), ActorRefs.Nobody);
        End(Errors.Frame(ErrorCode.SongChanged, "the file is not what it was when it was shared; it is being scanned again", _song.Id));
    }

    private void End(byte[]? lastWords)
    {
        _ending = true;
        // Nothing is due any more, however long the socket takes for what is on its way.
        _waker.Stop();
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

    private sealed record Opened(PayloadOpening? Opening, OpenSong? Song, byte[]? Leaves) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ChunkRead(SongChunk? Chunk) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReadFailed(string Reason) : ILocalMessage, IDeadLetterSuppression;
}
