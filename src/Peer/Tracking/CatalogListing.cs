using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Tracks the position of a listing in the tracker's catalog, and determines how long to wait between requests.</summary>
internal sealed class CatalogListing(TimeProvider time, Random random)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan ResetBackoffAfter = TimeSpan.FromMinutes(1);

    private readonly Backoff _backoff = new(ShortestWait, LongestWait, random);
    private long? _finished;
    private int _cursor;

    /// <summary>The request for the next page.</summary>
    public ListSongs Request => new(Cursor: _cursor);

    /// <summary>Starts over at the first page.</summary>
    public void Begin()
    {
        _cursor = 0;
        _finished = null;
    }

    /// <summary>Goes to the page at a cursor.</summary>
    public void GoTo(int cursor) => _cursor = cursor;

    /// <summary>Returns true if a page's cursor does not advance. Such a listing would never end.</summary>
    public bool IsRepeated(SongPage page) => page.NextCursor > 0 && page.NextCursor <= _cursor;

    /// <summary>Records that the last page has arrived.</summary>
    public void Finished() => _finished = time.GetTimestamp();

    /// <summary>
    /// Returns the wait before the next listing. The wait grows each time because every peer that missed the same broadcast lists the
    /// catalog again. It is short again if the last listing finished at least a minute ago.
    /// </summary>
    public TimeSpan NextWait()
    {
        if (_finished is { } finished && time.GetElapsedTime(finished) >= ResetBackoffAfter)
            _backoff.Reset();
        return _backoff.Next();
    }

    /// <summary>
    /// Returns the wait before the same page is requested again: the wait that the tracker asked for, within limits, plus a random amount
    /// that spreads the requests of many peers.
    /// </summary>
    public TimeSpan RequestedPause(TimeSpan told) => Clamp(told) * (1 + (random.NextDouble() / 2));

    private static TimeSpan Clamp(TimeSpan wait) => wait < ShortestPause ? ShortestPause : wait < LongestWait ? wait : LongestWait;
}
