using System.Collections.Immutable;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>A frame of a share in parts, each made ready only when it is its turn, so that peers who share much take turns with the others.</summary>
internal sealed class ShareBatches
{
    /// <summary>Songs of a part: the one writer has dealt with them in some 20 ms.</summary>
    private const int SongsPerPart = 1_000;

    private readonly Share _share;
    private readonly SharedSong[] _added;
    private readonly ContentHash[] _removed;
    private int _removedTaken;
    private int _addedTaken;
    private bool _isOver;

    public ShareBatches(Share share)
    {
        _share = share;
        // A new song must not take the id of one in the same frame.
        _added = [.. share.Added.OrderBy(song => song.LastId == 0)];
        // A song that one frame both removes and adds is hosted; taken out and put in by different parts it would be gone for a moment.
        var added = share.Removed.Count == 0 ? [] : share.Added.Select(song => song.ContentHash).ToHashSet();
        _removed = [.. share.Removed.Where(hash => !added.Contains(hash)).Select(hash => new ContentHash(hash.Span))];
    }

    /// <summary>The next part; null when that was all. There is always one, and the last of the last frame is marked.</summary>
    public SharedBatch? Next()
    {
        if (_isOver)
            return null;
        var removed = Math.Min(SongsPerPart, _removed.Length - _removedTaken);
        var added = Math.Min(SongsPerPart - removed, _added.Length - _addedTaken);
        var part = new SharedBatch(
            _share.Complete,
            Last: false,
            [.. _added.AsSpan(_addedTaken, added).ToArray().Select(OfferedSong.Of)],
            [.. _removed.AsSpan(_removedTaken, removed)],
            _share.Load);
        _removedTaken += removed;
        _addedTaken += added;
        _isOver = _removedTaken == _removed.Length && _addedTaken == _added.Length;
        return part with { Last = _isOver && _share.Last };
    }
}
