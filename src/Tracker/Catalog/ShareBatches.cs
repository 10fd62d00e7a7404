using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Splits a SHARE frame into batches. A batch is encoded only when its turn comes, so that peers with large shares take turns with others.
/// </summary>
internal sealed class ShareBatches
{
    /// <summary>Songs in a batch. One batch keeps the single writer busy for about 20 ms.</summary>
    private const int SongsPerBatch = 1_000;

    private readonly Share _share;
    private readonly SharedSong[] _added;
    private readonly ContentHash[] _removed;
    private int _nextRemoved;
    private int _nextAdded;
    private bool _isOver;

    public ShareBatches(Share share)
    {
        _share = share;
        // Songs with a remembered id go first, so that a new song in the same frame does not get that id.
        _added = [.. share.Added.OrderBy(song => song.LastId == 0)];
        // A song that the frame both removes and adds stays hosted. In two batches it would disappear for a moment, so its removal is left
        // out.
        var added = share.Removed.Count == 0 ? [] : share.Added.Select(song => song.ContentHash).ToHashSet();
        _removed = [.. share.Removed.Where(hash => !added.Contains(hash)).Select(hash => new ContentHash(hash.Span))];
    }

    /// <summary>
    /// Returns the next batch; null after the last one. There is always at least one. The last batch of a share's last frame is marked.
    /// </summary>
    public SharedBatch? Next()
    {
        if (_isOver)
            return null;
        var removed = Math.Min(SongsPerBatch, _removed.Length - _nextRemoved);
        var added = Math.Min(SongsPerBatch - removed, _added.Length - _nextAdded);
        var batch = new SharedBatch(
            _share.Complete,
            Last: false,
            [.. _added.AsSpan(_nextAdded, added).ToArray().Select(OfferedSong.FromShared)],
            [.. _removed.AsSpan(_nextRemoved, removed)],
            _share.Load);
        _nextRemoved += removed;
        _nextAdded += added;
        _isOver = _nextRemoved == _removed.Length && _nextAdded == _added.Length;
        return batch with { Last = _isOver && _share.Last };
    }
}
