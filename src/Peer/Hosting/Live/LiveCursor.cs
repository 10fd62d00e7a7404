using TspActors.Peer.Live.Feeds;

namespace TspActors.Peer.Hosting.Live;

/// <summary>
/// One listener's position in a live feed: which chunk it receives next. If a listener is so far behind that the feed is about to drop
/// its next chunk, it skips ahead and continues near the edge. A listener that skips repeatedly is too slow for the feed.
/// </summary>
internal sealed class LiveCursor
{
    private const int MaxSkips = 3;

    // The feed may drop its oldest chunk before the listener's connection accepts that chunk.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SkipWindow = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _held;
    private readonly Queue<TimeSpan> _skips = new();
    private ulong _next;
    private ulong? _last;

    /// <param name="snapshot">The audio that the feed currently keeps.</param>
    /// <param name="from">The number of the chunk to continue with; 0 = join near the edge.</param>
    /// <param name="held">How much audio the feed keeps.</param>
    public LiveCursor(FeedSnapshot snapshot, ulong from, TimeSpan held)
    {
        _held = held;
        var edge = snapshot.Edge.Sequence;
        // A chunk that is about to be dropped does not count as kept. Otherwise, the listener would have to skip right after joining.
        var isHeld = from > 0 && from >= snapshot.Chunks[0].Sequence && from <= edge + 1
            && (from > edge || !IsTooFarBehind(snapshot, snapshot.Chunks[snapshot.IndexOf(from)]));
        _next = isHeld ? from : snapshot.Chunks[snapshot.JoinIndex()].Sequence;
        // A listener that cannot continue with the chunk it wanted has missed some chunks.
        _last = from == 0 ? null : from - 1;
    }

    /// <summary>Whether the listener has skipped too often within a minute.</summary>
    public bool IsTooSlow => _skips.Count >= MaxSkips;

    /// <summary>
    /// Returns where the stream begins, for its StreamStart: at a chunk that the feed keeps, or at the next one to be made.
    /// </summary>
    public LiveBeginning First(FeedSnapshot snapshot)
    {
        var index = snapshot.IndexOf(_next);
        if (index == snapshot.Chunks.Length)
            return new LiveBeginning(_next, snapshot.Edge.EndMs, snapshot.Edge.Title);
        var chunk = snapshot.Chunks[index];
        return new LiveBeginning(chunk.Sequence, chunk.TimeMs, chunk.Title);
    }

    /// <summary>The number of the chunk that the listener receives next.</summary>
    public ulong Position => _next;

    /// <summary>
    /// Returns the first chunk together with those that directly follow it and have the same title, and advances past them. No other frame
    /// belongs between these chunks.
    /// </summary>
    /// <param name="snapshot">The audio that the feed currently keeps.</param>
    /// <param name="first">The chunk that <see cref="Next"/> has returned.</param>
    /// <param name="most">The maximum number of chunks, including the first one.</param>
    /// <returns>The chunks, in order.</returns>
    public FeedChunk[] TakePlain(FeedSnapshot snapshot, FeedChunk first, int most)
    {
        var index = snapshot.IndexOf(first.Sequence);
        var count = 1;
        while (count < most && index + count < snapshot.Chunks.Length
            && snapshot.Chunks[index + count].Sequence == first.Sequence + (ulong)count
            && ReferenceEquals(snapshot.Chunks[index + count].Title, first.Title))
            count++;
        var last = first.Sequence + (ulong)count - 1;
        (_last, _next) = (last, last + 1);
        return [first, .. snapshot.Chunks.AsSpan(index + 1, count - 1)];
    }

    /// <summary>Returns the next chunk and advances past it.</summary>
    /// <param name="snapshot">The audio that the feed currently keeps.</param>
    /// <param name="now">The current time.</param>
    /// <param name="gap">Whether the listener has missed chunks before this one.</param>
    /// <param name="skipped">Whether the listener has fallen behind and continues near the edge.</param>
    /// <returns>The chunk; null if the listener has all of them.</returns>
    public FeedChunk? Next(FeedSnapshot snapshot, TimeSpan now, out bool gap, out bool skipped)
    {
        (gap, skipped) = (false, false);
        var index = snapshot.IndexOf(_next);
        if (index == snapshot.Chunks.Length)
            return null;
        var isLost = index == 0 && snapshot.Chunks[0].Sequence > _next;
        if (_last is not null && (isLost || IsTooFarBehind(snapshot, snapshot.Chunks[index])))
        {
            index = snapshot.JoinIndex();
            skipped = true;
            while (_skips.TryPeek(out var first) && now - first > SkipWindow)
                _skips.Dequeue();
            _skips.Enqueue(now);
        }

        var chunk = snapshot.Chunks[index];
        gap = _last is { } last && chunk.Sequence != last + 1;
        (_last, _next) = (chunk.Sequence, chunk.Sequence + 1);
        return chunk;
    }

    private bool IsTooFarBehind(FeedSnapshot snapshot, FeedChunk chunk)
    {
        // A source's clock may have been set back.
        var behind = TimeSpan.FromMilliseconds(Math.Max(0, (long)snapshot.Edge.EndMs - (long)chunk.TimeMs));
        return behind > _held - Margin && behind > snapshot.Burst;
    }
}
