using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>Lists the whole catalog of a tracker, page by page, into the local copy.</summary>
internal sealed class CatalogListing(CatalogCopy catalog)
{
    private int _upTo;

    /// <summary>What a page leads to.</summary>
    internal enum Step
    {
        /// <summary>Ask for <see cref="Question"/>.</summary>
        Ask,

        /// <summary>The copy is complete.</summary>
        Done,

        /// <summary>The tracker refused: begin anew after a while.</summary>
        Later,

        /// <summary>Its pages do not end.</summary>
        Endless,

        /// <summary>It did not answer with a page.</summary>
        NoPage,
    }

    /// <summary>The next page.</summary>
    public ListSongs Question { get; private set; } = new();

    /// <summary>Starts over; what was known stays until all pages are here.</summary>
    /// <returns>False while a listing is under way.</returns>
    public bool Begin()
    {
        if (catalog.IsListing)
            return false;
        catalog.BeginListing();
        _upTo = 0;
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
                return Step.Done;
            default:
                return answer is TrackerRefused ? Step.Later : Step.NoPage;
        }
    }
}
