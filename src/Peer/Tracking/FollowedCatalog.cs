using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Lists the tracker's catalog for the actors that follow it, and passes the pages and then the broadcasts straight on to them. It stores
/// nothing itself except the broadcasts that arrive before a listing is complete.
/// </summary>
/// <remarks>
/// <code>
/// Idle       → no follower, or no tracker                       Start → Asking
/// Asking     → a page is passed on                              more pages → Passing; the last page → Current
///            → the tracker postpones it                         Pausing
///            → the tracker refuses it                           Outdated
/// Passing    → the followers have applied the page              Asking
/// Pausing    → after the wait                                   Asking (the same page)
/// Current    → broadcasts are passed on                         one is missing, or too much was added → Outdated
/// Outdated   → after a wait                                     Asking (the first page)
/// TooLarge   → the catalog exceeds the bounds                   the followers hold nothing until the next Start
/// any state  → Abandon                                          Idle
/// </code>
/// The followers keep their songs until a listing is complete. An abandoned listing leaves behind songs that no complete listing has
/// confirmed, so everything that was passed on counts towards the bounds until the followers have dropped it.
/// </remarks>
/// <param name="followers">The actors that follow the catalog.</param>
/// <param name="time">The clock.</param>
/// <param name="random">The source of randomness that spreads the waits of many peers.</param>
/// <param name="bounds">The limits on what is passed on; null = the default.</param>
internal sealed class FollowedCatalog(ICatalogFollowers followers, TimeProvider time, Random random, CatalogBounds? bounds = null)
{
    // Broadcasts may add at least an eighth of the bound, even if the catalog already almost fills it. Otherwise, the catalog would be
    // listed over and over again.
    private const int LeastGrowth = 8;

    private readonly CatalogBounds _bounds = bounds ?? CatalogBounds.Default;
    private readonly CatalogListing _listing = new(time, random);
    private readonly DeltaQueue _deltas = new((bounds ?? CatalogBounds.Default).QueuedBytes);
    private Phase _phase;
    private ListSongs? _asked;
    private ulong _version;
    private bool _isFirstPart;

    // The size of the songs that the followers may hold in addition to those in the running listing, and the size of the songs in that
    // listing.
    private long _heldBytes;
    private long _incomingBytes;
    private long _mostBytes;

    private enum Phase
    {
        Idle,
        Asking,
        Passing,
        Pausing,
        Current,
        Outdated,
        TooLarge,
    }

    /// <summary>True while pages of a listing are still missing.</summary>
    public bool IsListing => _phase is Phase.Asking or Phase.Passing or Phase.Pausing;

    /// <summary>
    /// Starts listing the catalog of the tracker where this peer is now registered. Does nothing without a follower, or during a listing.
    /// </summary>
    public CatalogStep Start()
    {
        if (!followers.Any || IsListing)
            return CatalogStep.None;
        _deltas.Clear();
        _listing.Begin();
        (_incomingBytes, _version, _isFirstPart) = (0, ulong.MaxValue, true);
        return AskWhenReady();
    }

    /// <summary>Continues after a wait: requests the same page again, or starts listing.</summary>
    public CatalogStep Continue() => _phase switch
    {
        Phase.Pausing => AskWhenReady(),
        Phase.Outdated => Start(),
        _ => CatalogStep.None,
    };

    /// <summary>Continues after a follower has applied some songs or a change, or has terminated.</summary>
    public CatalogStep Applied() => _phase switch
    {
        Phase.Passing => AskWhenReady(),
        Phase.Current => PassDeltas(),
        _ => CatalogStep.None,
    };

    /// <summary>
    /// Abandons the listing because this peer has left or lost the tracker, or because the followers have changed. The followers keep
    /// their songs until the end of the next listing.
    /// </summary>
    public void Abandon()
    {
        EndListing();
        _phase = Phase.Idle;
    }

    /// <summary>Applies the reply to a request from this catalog.</summary>
    public CatalogStep Apply(ListSongs request, object reply)
    {
        // An abandoned listing may have left a request pending.
        if (_phase != Phase.Asking || !ReferenceEquals(request, _asked))
            return CatalogStep.None;
        switch (reply)
        {
            case SongPage page when _listing.IsRepeated(page):
                return CatalogStep.Failed("its catalog listing never ends");
            case SongPage page:
                return Pass(page);
            case TrackerRefused { Error.RetryAfterMs: > 0 and var told }:
                _phase = Phase.Pausing;
                return CatalogStep.Wait(_listing.RequestedPause(TimeSpan.FromMilliseconds(told)));
            case TrackerRefused or TrackerUnavailable:
                EndListing();
                return ListLater();
            default:
                return CatalogStep.Failed("it did not reply to LIST with a page");
        }
    }

    /// <summary>Passes a broadcast on, or keeps it until the listing is complete and the followers are ready.</summary>
    public CatalogStep Apply(CatalogDelta delta)
    {
        if (_phase is Phase.Idle or Phase.Outdated or Phase.TooLarge)
            return CatalogStep.None;
        if (_phase == Phase.Current && _deltas.IsEmpty && followers.AreReady)
            return TryPass(delta) ? CatalogStep.None : ListLater();
        _deltas.Enqueue(delta);
        return _phase == Phase.Current ? PassDeltas() : CatalogStep.None;
    }

    private CatalogStep AskWhenReady()
    {
        if (!followers.AreReady)
        {
            _phase = Phase.Passing;
            return CatalogStep.None;
        }

        _phase = Phase.Asking;
        return CatalogStep.Ask(_asked = _listing.Request);
    }

    private CatalogStep Pass(SongPage page)
    {
        var weight = CatalogBounds.Weigh(page.Songs);
        _incomingBytes += weight;
        if (_incomingBytes > _bounds.CopyBytes)
            return GiveUp();
        // Before the old and the new songs together exceed twice the maximum size of a catalog, the followers drop the songs that this
        // listing has not named.
        var drops = _heldBytes - (_bounds.CopyBytes - _incomingBytes) > _bounds.CopyBytes;
        var isLast = page.NextCursor <= 0;
        followers.Listed(page.Songs, _isFirstPart, isLast || drops);
        _isFirstPart = false;
        _version = Math.Min(_version, page.CatalogVersion);
        if (drops)
            _heldBytes = 0;
        if (!isLast)
        {
            _listing.GoTo(page.NextCursor);
            return AskWhenReady();
        }

        (_heldBytes, _incomingBytes) = (_incomingBytes, 0);
        _mostBytes = Math.Max(_bounds.CopyBytes, _heldBytes + (_bounds.CopyBytes / LeastGrowth));
        _listing.Finished();
        _phase = Phase.Current;
        return PassDeltas();
    }

    // The listed catalog is as old as its oldest page. A delta carries complete songs, so applying it twice does no harm.
    private CatalogStep PassDeltas()
    {
        while (!_deltas.HasOverflowed && followers.AreReady && _deltas.TryDequeue(out var delta))
        {
            if (!TryPass(delta))
                return ListLater();
        }

        return _deltas.HasOverflowed ? ListLater() : CatalogStep.None;
    }

    // Returns false if the catalog must be listed again.
    private bool TryPass(CatalogDelta delta)
    {
        if (delta.FromVersion > _version)
            return false;
        if (delta.ToVersion <= _version)
            return true;
        followers.Changed(delta);
        _version = delta.ToVersion;
        _heldBytes += delta.Changed.Sum(CatalogBounds.Weigh);
        // A song that changes often has been counted each time. Only a listing shows how large the catalog really is.
        return _heldBytes <= _mostBytes;
    }

    // Many changes in quick succession appear as one gap after another. After a short wait, one listing covers them all.
    private CatalogStep ListLater()
    {
        _deltas.Clear();
        _phase = Phase.Outdated;
        return CatalogStep.Wait(_listing.NextWait());
    }

    private void EndListing()
    {
        (_heldBytes, _incomingBytes, _asked) = (_heldBytes + _incomingBytes, 0, null);
        _deltas.Clear();
    }

    private CatalogStep GiveUp()
    {
        _deltas.Clear();
        (_heldBytes, _incomingBytes, _phase) = (0, 0, Phase.TooLarge);
        followers.Listed([], isFirst: true, isLast: true);
        return new CatalogStep(
            Notice: "its catalog is larger than tsp.peer.link.max-catalog, so this peer's gateway shows no songs");
    }
}

/// <summary>The next step of a <see cref="FollowedCatalog"/>.</summary>
/// <param name="Request">A page to request from the tracker.</param>
/// <param name="Pause">The wait before <see cref="FollowedCatalog.Continue"/>.</param>
/// <param name="Fault">The human-readable reason why this peer must leave the tracker; null if it can stay.</param>
/// <param name="Notice">A warning about the tracker, for the log; null = none.</param>
internal readonly record struct CatalogStep(
    ListSongs? Request = null, TimeSpan? Pause = null, string? Fault = null, string? Notice = null)
{
    public static readonly CatalogStep None;

    public static CatalogStep Ask(ListSongs request) => new(request);

    public static CatalogStep Wait(TimeSpan pause) => new(Pause: pause);

    public static CatalogStep Failed(string fault) => new(Fault: fault);
}
