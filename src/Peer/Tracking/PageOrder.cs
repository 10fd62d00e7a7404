using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Tracks the position in a list that a tracker sends page by page, and detects a list that would never end.</summary>
/// <param name="isAscending">True if each cursor must be greater than the previous one; false for a search, whose cursors are opaque.</param>
/// <param name="mostBytes">The limit on the estimated memory for the songs of all pages.</param>
internal sealed class PageOrder(bool isAscending, long mostBytes)
{
    private readonly HashSet<int> _seen = [0];
    private long _bytes;

    /// <summary>The cursor of the next page; 0 for the first one, and after the last one.</summary>
    public int Cursor { get; private set; }

    /// <summary>Moves on to the next page. Returns the reason if the list must be abandoned; otherwise null.</summary>
    public string? Advance(int next, IEnumerable<Song> songs)
    {
        if (next <= 0)
        {
            Cursor = 0;
            return null;
        }

        if (isAscending ? next <= Cursor : !_seen.Add(next))
            return "the tracker's list does not move on to a new page";
        if ((_bytes += CatalogBounds.Weigh(songs)) > mostBytes)
            return $"the tracker's list does not end: more than {mostBytes >> 20} MiB of it has arrived";
        Cursor = next;
        return null;
    }
}
