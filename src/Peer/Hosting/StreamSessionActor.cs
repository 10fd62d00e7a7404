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

/// <summary>
/// Serves one PLAY request: reads the song's payload and sends it as DATA frames until the song ends or the stream is stopped. The frames
/// go out at the requested pace, but no faster than the socket accepts them.
/// </summary>
/// <remarks>
/// <code>
/// Waiting   → StartStream → Opening
/// Opening   → Opened (file unchanged) → Starting                       cannot be served → ERROR → Ending
/// Starting  → StreamStart → Streaming                                  under an upload limit: AskUpload → UploadGranted first
/// Streaming → as StreamPump decides: read → DATA → Sent → next chunk; wake-up; AskUpload → UploadGranted
///           → everything read → bare DATA → Ending                     file changed or unreadable → ERROR → Ending
/// any       → StopStream, EndStream → Ending                           connection or session gone → stops
/// Ending    : once the socket has accepted StreamStart and every chunk, sends StreamOver to the HostingActor, and StreamEnded to the
///             session
/// </code>
/// After StopStream, the actor stops only when its StreamStart and its chunks have been sent, so a requester that seeks without reading
/// never has more than one StreamStart and one window of chunks queued. Files are read asynchronously, never on an actor's thread. A chunk
/// that another listener of the song has just received is usually still cached, and is then sent from the same buffer. The window bounds
/// the memory per listener.
/// </remarks>
internal sealed class StreamSessionActor : UntypedActor
{
    private static readonly TimeSpan TooManySongsRetry = TimeSpan.FromSeconds(5);

    private readonly OwnSong _song;
    private readonly PlayRequest _request;
    private readonly StreamResources _resources;
    private readonly IActorRef _connection;
    private readonly IActorRef _session;
    private readonly IActorRef _library;
    private readonly StreamPump _pump;
    private readonly PaceWheel.Waker _waker;
    private readonly FileUse _fileUse = new();
    private OpenSong? _file;
    private byte[] _start = [];
    private long _startedAt;
    private bool _isStartQueued;

    public StreamSessionActor(
        OwnSong song, PlayRequest request, HostingSettings settings, StreamResources resources, IActorRef connection, IActorRef session,
        IActorRef library)
    {
        _song = song;
        _request = request;
        _resources = resources;
        _connection = connection;
        _session = session;
        _library = library;
        _pump = MakePump(song.File, request, settings);
        _waker = resources.Wheel.AddStream(Self, IsRealTime);
    }

    public static Props Props(
        OwnSong song, PlayRequest request, HostingSettings settings, StreamResources resources, IActorRef connection, IActorRef session,
        IActorRef library) =>
        Akka.Actor.Props.Create(() => new StreamSessionActor(song, request, settings, resources, connection, session, library));

    // A song of unknown duration cannot be paced.
    private bool IsRealTime => _request.Pace == Pace.Realtime && _song.File.Format.DurationMs > 0;

    private TimeSpan Elapsed => Stopwatch.GetElapsedTime(_startedAt);

    protected override void PreStart()
    {
        Context.Watch(_connection);
        Context.Watch(_session);
    }

    // A file must stay open while it is being read. If a read is running, its task releases the file afterwards.
    protected override void PostStop()
    {
        _waker.Stop();
        _fileUse.Close();
    }

    protected override void OnReceive(object message) => Waiting(message);

    private void Waiting(object message)
    {
        if (message is StartStream)
            Open();
        else
            OnAnyMessage(message);
    }

    private void Opening(object message)
    {
        switch (message)
        {
            case Opened opened:
                Start(opened);
                break;
            case ReadFailed failed:
                End(Unreadable(failed.Reason));
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    // StreamStart can be as large as a chunk, because it contains the piece hashes, so it counts against the upload limit.
    private void Starting(object message)
    {
        switch (message)
        {
            case UploadGranted:
                // The first chunk was part of the request.
                if (_pump.FirstChunkBytes > 0)
                    _pump.Grant();
                SendStart();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Streaming(object message)
    {
        switch (message)
        {
            case Sent { Token: StartSent }:
                _isStartQueued = false;
                break;
            case Sent { Token: SongChunk sent }:
                sent.Release();
                _pump.ChunkSent();
                Pump();
                break;
            case ChunkRead read:
                if (Push(read.Chunk))
                    Pump();
                break;
            case PaceWheel.WakeUp:
                _pump.WakeUp();
                Pump();
                _waker.Served();
                break;
            case UploadGranted:
                _pump.Grant();
                Pump();
                break;
            case ReadFailed failed:
                End(Unreadable(failed.Reason));
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    // In this state the actor sends no more frames, whatever arrives.
    private void Ending(object message)
    {
        switch (message)
        {
            case Sent { Token: SongChunk sent }:
                sent.Release();
                _pump.ChunkSent();
                StopWhenSent();
                break;
            case Sent { Token: StartSent }:
                _isStartQueued = false;
                StopWhenSent();
                break;
            case ChunkRead unwanted:
                unwanted.Chunk?.Release();
                break;
            case Terminated:
                Context.Stop(Self);
                break;
        }
    }

    // Handles the messages that all states but Ending handle in the same way.
    private void OnAnyMessage(object message)
    {
        switch (message)
        {
            case LimitUpload limit:
                _pump.Limit(limit.IsLimited);
                break;
            case EndStream end:
                End(end.LastWords);
                break;
            case StopStream:
                End(null);
                break;
            case Terminated:
                Context.Stop(Self);
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private static StreamPump MakePump(SongFile file, PlayRequest request, HostingSettings settings)
    {
        var duration = TimeSpan.FromMilliseconds(file.Format.DurationMs);
        var isRealTime = request.Pace == Pace.Realtime && duration > TimeSpan.Zero;
        // A requester that verifies pieces can play a piece only after all of it has arrived, so the burst covers one more piece.
        var piece = request.WantPieceHashes
            ? duration * ((double)MerkleTree.PieceBytes(file.PayloadLength) / file.PayloadLength)
            : TimeSpan.Zero;
        var pacer = new Pacer(
            isRealTime ? settings.StartBurst + (piece < duration ? piece : duration) : null, file.Format.Vbr ? Pacer.LongestGap : null);
        var chunkBytes = isRealTime ? ChunkSize.RealTime(file, settings) : ChunkSize.Full(settings);
        return new StreamPump(
            file.PayloadLength, (long)request.Offset, chunkBytes, settings.ChunksInFlight, isRealTime, pacer, (long)request.Length);
    }

    private void Open()
    {
        Become(Opening);
        var wantsPieces = _request.WantPieceHashes;
        _waker.Due();
        _fileUse.Begin();
        Task.Run(() => Open(_song, _resources, wantsPieces, _fileUse)).PipeTo(Self, failure: error => new ReadFailed(error.Message));
    }

    private static Opened Open(OwnSong own, StreamResources resources, bool wantsPieces, FileUse use)
    {
        var opening = resources.Songs.Open(own, out var song);
        if (song is null)
            use.End();
        else
            use.Opened(song);
        return new Opened(opening, song, song is not null && wantsPieces ? resources.FindLeaves(own.File) : null);
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
                _start = FrameEncoder.Encode(Operation.Play, _song.Id, MakeStart(opened.Leaves));
                if (_pump.IsLimited)
                {
                    Become(Starting);
                    Context.Parent.Tell(new AskUpload(_start.Length + _pump.FirstChunkBytes));
                }
                else
                {
                    SendStart();
                }

                break;
            case null:
                End(Errors.Frame(ErrorCode.Busy, "this host is streaming too many different songs at once", _song.Id, TooManySongsRetry));
                break;
            case PayloadOpening.Unreadable unreadable:
                End(Unreadable(unreadable.Text));
                break;
            default:
                EndChanged();
                break;
        }
    }

    private void SendStart()
    {
        _isStartQueued = true;
        _connection.Tell(new Send(_start, Token: StartSent.Instance));
        (_start, _startedAt) = ([], Stopwatch.GetTimestamp());
        Become(Streaming);
        Pump();
        _waker.Served();
    }

    private StreamStart MakeStart(byte[]? leaves)
    {
        var start = new StreamStart { Song = _song.ToSong(), Offset = _request.Offset };
        if (leaves is not null)
        {
            start.PieceBytes = (uint)MerkleTree.PieceBytes(_song.File.PayloadLength);
            start.PieceHashes = UnsafeByteOperations.UnsafeWrap(MerkleTree.PieceLayer(leaves));
        }

        return start;
    }

    // Runs steps until the stream ends or has to wait. The handler of the awaited message calls this method again.
    private void Pump()
    {
        while (true)
        {
            var step = _pump.Next(Elapsed);
            switch (step.Action)
            {
                case StreamAction.Read:
                    if (!TryRead(step.Offset, step.Length, out var chunk) || !Push(chunk))
                        return;
                    break;
                case StreamAction.OfferTurn:
                    _pump.Yield(_waker.Yields());
                    break;
                case StreamAction.Sleep:
                    _waker.WakeIn(step.Delay);
                    return;
                case StreamAction.AskUpload:
                    Context.Parent.Tell(new AskUpload(step.Length));
                    return;
                case StreamAction.WaitBehind:
                    _resources.Wheel.ReportLate();
                    return;
                case StreamAction.End:
                    _connection.Tell(new Send(FrameEncoder.Encode(Operation.Data, _song.Id)));
                    End(null);
                    return;
                default:
                    return;
            }
        }
    }

    // Returns false if the chunk has to be read first. ChunkRead or ReadFailed follows.
    private bool TryRead(long offset, int length, out SongChunk? chunk)
    {
        _fileUse.Begin();
        var reading = IsRealTime ? _file!.ReadAsync(offset, length) : new ValueTask<SongChunk?>(_file!.ReadAloneAsync(offset, length));
        if (reading.IsCompletedSuccessfully)
        {
            _fileUse.End();
            chunk = reading.Result;
            return true;
        }

        chunk = null;
        ReportAsync(reading).PipeTo(Self, failure: error => new ReadFailed(error.GetBaseException().Message));
        return false;
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

    // Returns false when the file has changed.
    private bool Push(SongChunk? chunk)
    {
        if (chunk is null)
        {
            EndChanged();
            return false;
        }

        var skip = _pump.SkipIn(chunk.Offset);
        var length = _pump.LengthIn(chunk.Offset, chunk.Length);
        if (skip == 0 && length == chunk.Length)
        {
            _pump.Advance(chunk.Length, chunk.Audio, Elapsed);
            _resources.Counts.AddSentBytes(chunk.Length);
            _connection.Tell(new Send(chunk.Frame, Token: chunk));
            return true;
        }

        var header = new byte[FrameHeader.SizeWithLength];
        FrameEncoder.WriteDataHeader(header, _song.Id, length);
        var rest = chunk.Body.Slice(skip, length);
        _pump.Advance(rest.Length, SongTime.Measure(_song.File, rest.Span), Elapsed);
        _resources.Counts.AddSentBytes(rest.Length);
        _connection.Tell(new Send(header, rest, chunk));
        return true;
    }

    private byte[] Unreadable(string reason) => Errors.Frame(ErrorCode.Internal, $"the song cannot be read: {reason}", _song.Id);

    private void EndChanged()
    {
        _library.Tell(new Rescan(_song.File.Path), ActorRefs.Nobody);
        End(Errors.Frame(ErrorCode.SongChanged, "this host no longer has the song as it was shared; its file is being scanned again", _song.Id));
    }

    private void End(byte[]? lastWords)
    {
        Become(Ending);
        // No further chunk is due, however long the socket takes to accept those already handed to it.
        _waker.Stop();
        if (lastWords is not null)
            _connection.Tell(new Send(lastWords));
        StopWhenSent();
    }

    // Notifies the HostingActor first, so that the slot is free when the session asks for its next stream.
    private void StopWhenSent()
    {
        if (!_pump.IsDrained || _isStartQueued)
            return;
        Context.Parent.Tell(StreamOver.Instance);
        _session.Tell(StreamEnded.Instance);
        Context.Stop(Self);
    }

    private sealed record Opened(PayloadOpening? Opening, OpenSong? Song, byte[]? Leaves) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ChunkRead(SongChunk? Chunk) : ILocalMessage, IDeadLetterSuppression;

    private sealed record ReadFailed(string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record StartSent
    {
        public static readonly StartSent Instance = new();
    }
}
