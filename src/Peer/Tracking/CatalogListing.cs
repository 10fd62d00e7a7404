using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Lists the whole catalog of a tracker, page by page, into the local copy.</summary>
internal sealed class CatalogListing(CatalogCopy catalog, TimeProvider time, Random random)
{
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan Held = TimeSpan.FromMinutes(1);

    private readonly Backoff _again = new(ShortestWait, LongestWait, random);
    private long? _done;
    private int _upTo;

    /// <summary>What a page leads to.</summary>
    internal enum Step
    {
        /// <summary>Ask for <see cref="Question"/>.</summary>
        Ask,

        /// <summary>The copy is complete.</summary>
        Done,

        /// <summary>The tracker refused: begin anew after <see cref="WaitAgain"/>.</summary>
        Later,

        /// <summary>The tracker wants to be asked for the same page after <see cref="Pause"/>.</summary>
        Pause,

        /// <summary>Its pages do not end.</summary>
        Endless,

        /// <summary>It did not answer with a page.</summary>
        NoPage,
    }

    /// <summary>The next page.</summary>
    public ListSongs Question { get; private set; } = new();

    /// <summary>How long the tracker wants to be left alone.</summary>
    public TimeSpan Pause { get; private set; }

    /// <summary>How long to wait before the catalog is listed again: longer each time, until a listing has held for a while. Every peer that missed the same broadcast lists again.</summary>
    public TimeSpan WaitAgain()
    {
        if (_done is { } done && time.GetElapsedTime(done) >= Held)
            _again.Reset();
        return _again.Next();
    }

    /// <summary>Starts over; what was known stays until all pages are here.</summary>
    /// <returns>False while a listing is under way.</returns>
    public bool Begin()
    {
        if (catalog.IsListing)
            return false;
        catalog.BeginListing();
        _upTo = 0;
        _done = null;
        Question = new ListSongs();
        return true;
    }

    /// <summary>Takes the answer to <see cref="Question"/>.</summary>
    public Step Take(object answer)
    {
        switch (answer)
        {
            case SongPage page when page.NextCursor > 0 && page.NextCursor <= _upTo:
                return Step.Endless;
            case SongPage page when catalog.Add(page) is > 0 and var next:
                _upTo = next;
                Question = new ListSongs(Cursor: next);
                return Step.Ask;
            case SongPage:
                _done = time.GetTimestamp();
                return Step.Done;
            case TrackerRefused { Error.RetryAfterMs: > 0 and var wait }:
                // Not sooner than it says, and not all peers at once.
                Pause = Clamp(TimeSpan.FromMilliseconds(wait)) * (1 + (random.NextDouble() / 2));
                return Step.Pause;
            default:
                return answer is TrackerRefused ? Step.Later : Step.NoPage;
        }
    }

    private static TimeSpan Clamp(TimeSpan wait) => wait < ShortestPause ? ShortestPause : wait < LongestWait ? wait : LongestWait;
}
