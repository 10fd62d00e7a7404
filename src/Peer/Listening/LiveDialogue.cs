using System.Security.Cryptography;
using Google.Protobuf;
using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// The requester's side of receiving a live feed from one host. It passes on only complete chunks that the feed's source has signed
/// (docs/protocol.md section 6).
/// </summary>
internal sealed class LiveDialogue(StreamOrder order) : IHostDialogue, IDisposable
{
    // Ten seconds at the highest bitrate.
    private const uint MaxChunkBytes = 512 * 1024;
    private const uint MaxChunkMs = 10_000;

    // Twice the highest bitrate of an MP3, plus one frame.
    private const uint MaxBytesPerMs = 160;
    private const uint MaxFrameBytes = 4_096;

    // No source exceeds these numbers, and calculations with larger ones could overflow.
    private const ulong MaxSequence = 1UL << 62;
    private const ulong MaxTimeMs = 1UL << 48;

    private readonly ContentHash _feed = new(order.Song.ContentHash.Span);
    private readonly HostGreeting _greeting = new(order.Requester);
    private readonly List<FeedChunk> _proven = [];
    private LiveStart? _start;
    private ECDsa? _key;
    private LiveChunk? _announced;
    private byte[] _bytes = [];
    private int _received;
    private FeedTitle _title = order.Title;
    private ulong _wanted = order.FromSequence;
    private ulong _last;
    private int _plays;
    private int _starts;

    /// <inheritdoc/>
    public byte[]? Hello => _greeting.Hello;

    /// <inheritdoc/>
    public bool HasProven => _proven.Count > 0;

    /// <inheritdoc/>
    public void Opened(KeyId? hostKey) => _greeting.Opened(hostKey);

    /// <inheritdoc/>
    public byte[] Request()
    {
        _start = null;
        _plays++;
        return FrameEncoder.Encode(Operation.Play, order.Song.Id, new PlayRequest
        {
            RequesterId = UnsafeByteOperations.UnsafeWrap(order.Requester.Peer.ToArray()),
            ContentHash = order.Song.ContentHash,
            WantLiveProofs = true,
            FromSequence = _wanted,
        });
    }

    /// <summary>Rejoins the feed at its edge, regardless of where the caller wants to continue.</summary>
    public bool Seek(long to)
    {
        (_wanted, _last) = (0, 0);
        _proven.Clear();
        return true;
    }

    /// <inheritdoc/>
    public IReceiverMessage DequeueArrival(Epoch epoch)
    {
        FeedChunk[] chunks = [.. _proven];
        _proven.Clear();
        return new ChunksArrived(chunks, epoch);
    }

    /// <inheritdoc/>
    public FrameMeaning Read(in Frame frame)
    {
        switch (frame.Operation)
        {
            case Operation.Play when frame.HasBody:
                return Bodies.TryParse<StreamStart>(frame, out var start, out var badStart) ? Begin(start) : HostGreeting.Corrupt(badStart);
            // After a PLAY that replaced an earlier one, the rest of the earlier stream may still arrive.
            case Operation.Data or Operation.Live or Operation.Info when _start is null:
                return FrameMeaning.Nothing.Instance;
            case Operation.Live:
                return Bodies.TryParse<LiveChunk>(frame, out var chunk, out var badChunk) ? Announce(chunk)
                    : HostGreeting.Corrupt(badChunk);
            case Operation.Data when frame.IsEndOfSong:
                return _announced is null ? FrameMeaning.Ended.Instance : HostGreeting.Corrupt("it ended the feed inside a chunk");
            case Operation.Data:
                return Add(frame.Body.Span);
            case Operation.Info when frame.HasBody:
                return Bodies.TryParse<SongInfoPage>(frame, out var page, out var badPage) ? Retitle(page) : HostGreeting.Corrupt(badPage);
            default:
                return _greeting.Read(frame);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _key?.Dispose();

    private FrameMeaning Begin(StreamStart start)
    {
        // Each start gives the host more time to send the next chunk, so with extra starts the host could stall forever.
        if (++_starts > _plays)
            return HostGreeting.Corrupt("it began the feed more often than requested");
        if (new ContentHash(start.Song.ContentHash.Span) != _feed)
            return HostGreeting.Corrupt("it replied with a different song");
        if (start.Live is null)
            return HostGreeting.Corrupt("it replied with a song instead of the live feed");
        if (start.Live.Path.Count > LiveProof.MaxPath || start.Live.Path.Any(peer => peer.Length != PeerId.Size))
            return HostGreeting.Corrupt("the path that it names does not consist of peers");
        if (start.Live.EdgeTimeMs > MaxTimeMs || start.Live.FirstTimeMs > MaxTimeMs || start.Live.FirstSequence > MaxSequence)
            return HostGreeting.Corrupt("it named a time or a number that no feed has");
        _key?.Dispose();
        _key = null;
        if (!LiveProof.TryReadKey(start.Live, _feed, out _key))
            return HostGreeting.Corrupt("the key that it names does not belong to the feed's source");
        if (start.Live.Path.Any(peer => peer.Span.SequenceEqual(order.Requester.Peer.ToArray())) && order.IsRelayed)
            return new FrameMeaning.Failed(FailureKind.Unreachable, "it receives the feed from this peer", null);
        // The path includes both the source and the host, so its length is the number of steps between the source and this peer.
        if (start.Live.Path.Count > LiveProof.MaxDepth && order.IsRelayed)
            return new FrameMeaning.Failed(FailureKind.Unreachable, "it is too many steps away from the source to be passed on", null);
        (_start, _announced) = (start.Live, null);
        _title = FeedTitle.Read(start.Song.Tags?.NowPlaying ?? "", _title);
        return new FrameMeaning.Started(null) { Live = start.Live };
    }

    private FrameMeaning Announce(LiveChunk chunk)
    {
        if (_announced is not null)
            return HostGreeting.Corrupt("it announced a chunk inside another one");
        if (chunk.Length is 0 or > MaxChunkBytes || chunk.DurationMs is 0 or > MaxChunkMs
            || chunk.Length > MaxFrameBytes + MaxBytesPerMs * chunk.DurationMs)
            return HostGreeting.Corrupt($"it announced a chunk of {chunk.Length} bytes and {chunk.DurationMs} ms");
        if (chunk.Sequence > MaxSequence || chunk.TimeMs > MaxTimeMs)
            return HostGreeting.Corrupt("it announced a chunk with a time or a number that no feed has");
        if (chunk.Sequence <= _last)
            return HostGreeting.Corrupt("its chunk numbers do not increase");
        if (!LiveProof.IsSigned(chunk, _feed, _key!))
            return HostGreeting.Corrupt("it sent a chunk that the source has not signed");
        (_announced, _received) = (chunk, 0);
        if (_bytes.Length != chunk.Length)
            _bytes = new byte[chunk.Length];
        return FrameMeaning.SongBytes.Instance;
    }

    private FrameMeaning Add(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
            return FrameMeaning.Nothing.Instance;
        if (_announced is not { } chunk || bytes.Length > _bytes.Length - _received)
            return HostGreeting.Corrupt("it sent audio without a proof");
        bytes.CopyTo(_bytes.AsSpan(_received));
        _received += bytes.Length;
        if (_received < _bytes.Length)
            return FrameMeaning.SongBytes.Instance;
        if (!SHA256.HashData(_bytes).AsSpan().SequenceEqual(chunk.Hash.Span))
            return HostGreeting.Corrupt("it sent a chunk that does not match its proof");
        _announced = null;
        _last = chunk.Sequence;
        // A host that starts near the edge may repeat chunks that another host has already sent.
        if (chunk.Sequence >= _wanted)
        {
            chunk.Gap = false;
            _proven.Add(new FeedChunk(chunk, _bytes, _title));
        }

        _bytes = [];
        return FrameMeaning.SongBytes.Instance;
    }

    private FrameMeaning.Nothing Retitle(SongInfoPage page)
    {
        if (page.Songs.Count > 0)
            _title = FeedTitle.Read(page.Songs[0].Tags?.NowPlaying ?? "", _title);
        return FrameMeaning.Nothing.Instance;
    }
}
