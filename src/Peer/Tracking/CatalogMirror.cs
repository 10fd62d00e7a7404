using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// This peer's mirror of the tracker's catalog. It lists the catalog page by page, applies the broadcasts, and lists the catalog again when
/// broadcasts are missing.
/// </summary>
/// <param name="isWanted">False if the peer keeps no mirror. Then nothing is listed.</param>
/// <param name="time">The clock.</param>
/// <param name="random">The source of randomness that spreads the waits of many peers.</param>
/// <param name="bounds">How much of the catalog is kept; null for the default.</param>
/// <param name="observer">Learns every change of the songs; null for none.</param>
internal sealed class CatalogMirror(
    bool isWanted, TimeProvider time, Random random, CatalogBounds? bounds = null, ICatalogObserver? observer = null)
{
    private readonly LocalCatalog _catalog = new(bounds, observer);
    private readonly CatalogListing _listing = new(time, random);
    private bool _listsLater;

    /// <summary>The number of songs in the mirror.</summary>
    public int Count => _catalog.Count;

    /// <summary>True while pages of a listing are still missing.</summary>
    public bool IsListing => _catalog.IsListing;

    /// <summary>All songs in the mirror, in the order of their ids.</summary>
    public IReadOnlyCollection<Song> Songs => _catalog.Songs;

    /// <summary>Finds a song by its id.</summary>
    public Song? Find(int id) => _catalog.Find(id);

    /// <summary>Returns the titles that begin with a text; see <see cref="LocalCatalog.FindTitles"/>.</summary>
    public IReadOnlyList<string> FindTitles(string beginning, int most) => _catalog.FindTitles(beginning, most);

    /// <summary>Starts to list the catalog of the tracker at which this peer is now registered, unless a listing is running.</summary>
    public MirrorStep Start()
    {
        if (!isWanted || IsListing)
            return MirrorStep.None;
        _catalog.BeginListing();
        _listing.Begin();
        return MirrorStep.Ask(_listing.Request);
    }

    /// <summary>Continues after a wait: requests the same page again, or starts to list.</summary>
    public MirrorStep Continue()
    {
        _listsLater = false;
        return IsListing ? MirrorStep.Ask(_listing.Request) : Start();
    }

    /// <summary>
    /// Abandons the listing because this peer has left or lost the tracker. The songs stay until the next listing replaces them.
    /// </summary>
    public void Abandon()
    {
        _catalog.AbandonListing();
        _listsLater = false;
    }

    /// <summary>Applies the reply to a request from this mirror.</summary>
    public MirrorStep Apply(object reply)
    {
        switch (reply)
        {
            case SongPage page when _listing.IsRepeated(page):
                return MirrorStep.Failed("its catalog listing never ends");
            case SongPage page when _catalog.Add(page) is > 0 and var next:
                _listing.GoTo(next);
                return MirrorStep.Ask(_listing.Request);
            case SongPage when _catalog.IsTooLarge:
                return TooLarge;
            case SongPage:
                _listing.Finished();
                return AfterChange();
            case TrackerRefused { Error.RetryAfterMs: > 0 and var told }:
                return MirrorStep.Wait(_listing.PauseAsTold(TimeSpan.FromMilliseconds(told)));
            case TrackerRefused or TrackerUnavailable:
                _catalog.AbandonListing();
                return ListLater();
            default:
                return MirrorStep.Failed("it did not answer LIST with a page");
        }
    }

    /// <summary>Applies a broadcast.</summary>
    public MirrorStep Apply(CatalogDelta delta)
    {
        var wasTooLarge = _catalog.IsTooLarge;
        _catalog.Apply(delta);
        return IsListing || wasTooLarge ? MirrorStep.None : _catalog.IsTooLarge ? TooLarge : AfterChange();
    }

    private static MirrorStep TooLarge => MirrorStep.Changed with
    {
        Notice = "its catalog is larger than tsp.peer.link.max-catalog, so this peer keeps no mirror of it, and asks the tracker for every list",
    };

    // A burst of changes appears as one gap after another. After a short wait, one listing covers them all.
    private MirrorStep AfterChange() => _catalog.HasGap && !_listsLater ? ListLater() with { HasChanged = true } : MirrorStep.Changed;

    private MirrorStep ListLater()
    {
        _listsLater = true;
        return MirrorStep.Wait(_listing.NextWait());
    }
}

/// <summary>The next step of a CatalogMirror.</summary>
/// <param name="Request">A page to request from the tracker.</param>
/// <param name="Pause">The wait before <see cref="CatalogMirror.Continue"/>.</param>
/// <param name="HasChanged">True when the mirror has changed.</param>
/// <param name="Fault">Why this peer must leave the tracker, for the user; null if it can stay.</param>
/// <param name="Notice">A warning about the tracker, for the log; null for none.</param>
internal readonly record struct MirrorStep(
    ListSongs? Request = null, TimeSpan? Pause = null, bool HasChanged = false, string? Fault = null, string? Notice = null)
{
    public static readonly MirrorStep None;

    public static readonly MirrorStep Changed = new(HasChanged: true);

    public static MirrorStep Ask(ListSongs request) => new(request);

    public static MirrorStep Wait(TimeSpan pause) => new(Pause: pause);

    public static MirrorStep Failed(string fault) => new(Fault: fault);
}
