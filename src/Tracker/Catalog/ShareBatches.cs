using System.Collections.Immutable;
using TspActors.Protocol;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Catalog;

/// <summary>
/// Splits a SHARE frame into batches. Each batch is encoded only when it is requested, so that a large share does not hold up the shares of
/// other peers.
/// </summary>
internal sealed class ShareBatches
{
    /// <summary>The maximum number of songs in a batch. One batch keeps the single writer busy for about 20 ms.</summary>
    private const int SongsPerBatch = 1_000;

    private readonly bool _isComplete;
    private readonly bool _isLast;
    private readonly HostLoad? _load;
    private readonly ReceiptKeys? _keys;

    // Songs that have been encoded are removed, because they are large and a share can take long.
    private readonly SharedSong?[] _added;
    private readonly ContentHash[] _removed;
    private int _nextRemoved;
    private int _nextAdded;
    private bool _isOver;

    /// <param name="share">The frame.</param>
    /// <param name="keys">The keys with which receipts of song ids are checked; null = no receipt is recognized.</param>
    public ShareBatches(Share share, ReceiptKeys? keys = null)
    {
        (_isComplete, _isLast, _load, _keys) = (share.Complete, share.Last, share.Load, keys);
        // A new song must not take an id that another song in the frame offers, and an offer without a receipt must not take an id that is
        // also offered with one.
        _added = [.. share.Added.OrderBy(song => song.LastId == 0 ? 2 : song.Receipt.IsEmpty ? 1 : 0)];
        // A song that the frame both removes and adds stays hosted. Its removal is omitted: in an earlier batch, it would make the song
        // disappear for a moment.
        var added = share.Removed.Count == 0 ? [] : share.Added.Select(song => song.ContentHash).ToHashSet();
        _removed = [.. share.Removed.Where(hash => !added.Contains(hash)).Select(hash => new ContentHash(hash.Span))];
    }

    /// <summary>
    /// Returns the next batch; null after the last one. There is at least one batch. The last batch of a share's last frame is marked.
    /// </summary>
    public SharedBatch? Next()
    {
        if (_isOver)
            return null;
        var removed = Math.Min(SongsPerBatch, _removed.Length - _nextRemoved);
        var added = Math.Min(SongsPerBatch - removed, _added.Length - _nextAdded);
        var batch = new SharedBatch(
            _isComplete,
            Last: false,
            Encode(_added.AsSpan(_nextAdded, added)),
            [.. _removed.AsSpan(_nextRemoved, removed)],
            _load);
        _nextRemoved += removed;
        _nextAdded += added;
        _isOver = _nextRemoved == _removed.Length && _nextAdded == _added.Length;
        return batch with { Last = _isOver && _isLast };
    }

    // Songs with genuine receipts come first, so that a song with a forged receipt cannot take their ids.
    private ImmutableArray<OfferedSong> Encode(Span<SharedSong?> songs)
    {
        var offered = ImmutableArray.CreateBuilder<OfferedSong>(songs.Length);
        foreach (var song in songs)
            offered.Add(OfferedSong.FromShared(song!, _keys));
        songs.Clear();
        if (offered.Any(song => song.IsProven) && offered.Any(song => song is { LastId: > 0, IsProven: false }))
            return [.. offered.OrderBy(song => !song.IsProven)];
        return offered.MoveToImmutable();
    }
}
