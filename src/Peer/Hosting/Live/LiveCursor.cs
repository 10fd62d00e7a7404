using TspActors.Peer.Live.Feeds;

namespace TspActors.Peer.Hosting.Live;

/// <summary>
/// The position of one listener in a live feed: which chunk it receives next. A listener that falls behind by nearly as much sound as the
/// feed keeps continues near the edge. A listener to which this happens repeatedly is too slow for the feed.
/// </summary>
internal sealed class LiveCursor
{
    private const int MaxSkips = 3;

    // The oldest chunk that is held may be dropped before the listener's connection accepts it.
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SkipWindow = TimeSpan.FromMinutes(1);

    private readonly TimeSpan _held;
    private readonly Queue<TimeSpan> _skips = new();
    private ulong _next;
    private ulong? _last;

    /// <param name="snapshot">The sound that is currently held.</param>
    /// <param name="from">The number of the chunk to continue with; 0 = join near the edge.</param>
    /// <param name="held">How much sound the feed keeps.</param>
    public LiveCursor(FeedSnapshot snapshot, ulong from, TimeSpan held)
    {
        _held = held;
        var edge = snapshot.Edge.Sequence;
        var isHeld = from > 0 && from >= snapshot.Chunks[0].Sequence && from <= edge + 1;
        _next = isHeld ? from : snapshot.Chunks[snapshot.JoinIndex()].Sequence;
        // A listener that cannot continue with the chunk it wanted has missed some chunks.
        _last = from == 0 ? null : from - 1;
    }

    /// <summary>Whether the listener has skipped too often within a minute.</summary>
    public bool IsTooSlow => _skips.Count >= MaxSkips;

    /// <summary>Returns the first chunk of the stream, for its StreamStart; the edge if that chunk does not exist yet.</summary>
    public FeedChunk First(FeedSnapshot snapshot) => snapshot.Chunks[Math.Min(snapshot.IndexOf(_next), snapshot.Chunks.Length - 1)];

    /// <summary>Returns whether the chunk after this one exists, follows it directly, and has the same title.</summary>
    public bool IsNextPlain(FeedSnapshot snapshot, FeedChunk chunk)
    {
        var index = snapshot.IndexOf(_next);
        return index < snapshot.Chunks.Length && snapshot.Chunks[index].Sequence == chunk.Sequence + 1
            && ReferenceEquals(snapshot.Chunks[index].Title, chunk.Title);
    }

    /// <summary>Returns whether the listener has everything but the newest chunk.</summary>
    public bool IsOneBehind(FeedSnapshot snapshot) => _next == snapshot.Edge.Sequence;

    /// <summary>Returns the next chunk and advances past it.</summary>
    /// <param name="snapshot">The sound that is currently held.</param>
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
        // The clock of a source may have been set back.
        var behind = TimeSpan.FromMilliseconds(Math.Max(0, (long)snapshot.Edge.EndMs - (long)snapshot.Chunks[index].TimeMs));
        var isLost = index == 0 && snapshot.Chunks[0].Sequence > _next;
        if (_last is not null && (isLost || (behind > _held - Margin && behind > snapshot.Burst)))
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
}
