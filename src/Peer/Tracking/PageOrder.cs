using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The position in a list that a tracker sends page by page; notices when its pages would never end.</summary>
/// <param name="isRising">True when each cursor has to be greater than the one before; false for a search, whose cursors are opaque.</param>
/// <param name="mostBytes">The most memory that the songs of all pages take, estimated.</param>
internal sealed class PageOrder(bool isRising, long mostBytes)
{
    private readonly HashSet<int> _seen = [0];
    private long _bytes;

    /// <summary>The cursor of the next page; 0 for the first one, and after the last one.</summary>
    public int Cursor { get; private set; }

    /// <summary>Goes on behind a page. Returns why the list has to be given up; null when it does not.</summary>
    public string? Advance(int next, IEnumerable<Song> songs)
    {
        if (next <= 0)
        {
            Cursor = 0;
            return null;
        }

        if (isRising ? next <= Cursor : !_seen.Add(next))
            return "the tracker sent the same page twice";
        if ((_bytes += CatalogBounds.Weigh(songs)) > mostBytes)
            return $"the tracker's list does not end: more than {mostBytes >> 20} MiB of it have arrived";
        Cursor = next;
        return null;
    }
}
