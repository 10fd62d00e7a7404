using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// The songs of a <see cref="CatalogMirror"/>. Pages add them, broadcasts keep them up to date, and they name their hosts while no tracker
/// is connected.
/// </summary>
/// <param name="bounds">How much of the catalog is kept; null for the default.</param>
/// <param name="observer">Learns every change of the songs; null for none.</param>
internal sealed class LocalCatalog(CatalogBounds? bounds = null, ICatalogObserver? observer = null)
{
    private const int MaxDeltasWhileListing = 1_000;

    private readonly CatalogBounds _bounds = bounds ?? CatalogBounds.Default;
    private readonly SortedDictionary<int, Song> _songs = [];
    private readonly List<CatalogDelta> _deltasWhileListing = [];
    private Dictionary<int, Song>? _incoming;
    private ulong _version;
    private long _bytes;
    private long _incomingBytes;
    private long _queuedBytes;
    private bool _hasMissedDelta;

    /// <summary>The number of songs.</summary>
    public int Count => _songs.Count;

    /// <summary>
    /// True from <see cref="BeginListing"/> until the last page is added, the listing is abandoned, or the catalog is too large.
    /// </summary>
    public bool IsListing => _incoming is not null;

    /// <summary>True when the catalog is larger than the bounds. Then nothing is kept until the next <see cref="BeginListing"/>.</summary>
    public bool IsTooLarge { get; private set; }

    /// <summary>True when a broadcast was missed or a listing was abandoned, so the catalog must be listed again.</summary>
    public bool HasGap { get; private set; }

    /// <summary>All songs, in the order of their ids.</summary>
    public IReadOnlyCollection<Song> Songs => _songs.Values;

    /// <summary>Finds a song by its id.</summary>
    public Song? Find(int id) => _songs.GetValueOrDefault(id);

    /// <summary>
    /// Returns at most <paramref name="most"/> titles that begin with a text, ignoring case, sorted and without duplicates.
    /// </summary>
    public IReadOnlyList<string> FindTitles(string beginning, int most)
    {
        var titles = new SortedSet<string>(StringComparer.OrdinalIgnoreCase);
        foreach (var song in _songs.Values)
        {
            if (song.Tags?.Title is not { } title || !title.StartsWith(beginning, StringComparison.OrdinalIgnoreCase))
                continue;
            titles.Add(title);
            if (titles.Count > most)
                titles.Remove(titles.Max!);
        }

        return [.. titles];
    }

    /// <summary>
    /// Starts a listing. The pages that follow make up the whole catalog. The old songs stay until the last page is added, unless the
    /// bounds have no room for both.
    /// </summary>
    public void BeginListing()
    {
        _incoming = [];
        _incomingBytes = 0;
        ClearQueue();
        _version = ulong.MaxValue;
        HasGap = IsTooLarge = false;
    }

    /// <summary>Abandons an unfinished listing. The old songs stay, but count as out of date.</summary>
    public void AbandonListing()
    {
        HasGap |= IsListing;
        _incoming = null;
        ClearQueue();
    }

    /// <summary>Adds a page of a listing.</summary>
    /// <returns>The cursor of the next page; 0 when the catalog is complete or too large, or when no listing is running.</returns>
    public int Add(SongPage page)
    {
        if (_incoming is null)
            return 0;
        _incomingBytes += CatalogBounds.Weigh(page.Songs);
        if (_incomingBytes > _bounds.CopyBytes)
        {
            GiveUp();
            return 0;
        }

        // The old songs are dropped before they and the new ones together become too large.
        if (_incomingBytes + _bytes > _bounds.CopyBytes)
            Clear();
        foreach (var song in page.Songs)
            _incoming[song.Id] = song;
        _version = Math.Min(_version, page.CatalogVersion);
        if (page.NextCursor > 0)
            return page.NextCursor;

        Clear();
        foreach (var (id, song) in _incoming)
            _songs[id] = song;
        _bytes = _incomingBytes;
        _incoming = null;
        observer?.Listed(_songs.Values);
        HasGap |= _hasMissedDelta;
        // The listed catalog is as old as its oldest page. A delta carries whole songs, so applying it twice does no harm.
        foreach (var delta in _deltasWhileListing)
            Apply(delta);
        ClearQueue();
        return 0;
    }

    /// <summary>Applies a broadcast, or keeps it until the listing is complete.</summary>
    public void Apply(CatalogDelta delta)
    {
        if (_incoming is not null)
        {
            Enqueue(delta);
            return;
        }

        if (IsTooLarge)
            return;
        if (delta.FromVersion > _version)
            HasGap = true;
        if (HasGap || delta.ToVersion <= _version)
            return;
        foreach (var song in delta.Changed)
        {
            Remove(song.Id);
            _songs[song.Id] = song;
            _bytes += CatalogBounds.Weigh(song);
        }

        foreach (var id in delta.Removed)
            Remove(id);
        _version = delta.ToVersion;
        observer?.Changed(delta);
        if (_bytes > _bounds.CopyBytes)
            GiveUp();
    }

    // If a delta does not fit into the queue, the queue is dropped, and the catalog is listed again.
    private void Enqueue(CatalogDelta delta)
    {
        _queuedBytes += CatalogBounds.Weigh(delta);
        _hasMissedDelta |= _queuedBytes > _bounds.QueuedBytes || _deltasWhileListing.Count == MaxDeltasWhileListing;
        if (_hasMissedDelta)
            _deltasWhileListing.Clear();
        else
            _deltasWhileListing.Add(delta);
    }

    private void ClearQueue()
    {
        _deltasWhileListing.Clear();
        _queuedBytes = 0;
        _hasMissedDelta = false;
    }

    private void Remove(int id)
    {
        if (_songs.Remove(id, out var song))
            _bytes -= CatalogBounds.Weigh(song);
    }

    private void Clear()
    {
        _songs.Clear();
        _bytes = 0;
    }

    private void GiveUp()
    {
        IsTooLarge = true;
        _incoming = null;
        ClearQueue();
        Clear();
        observer?.Listed(_songs.Values);
    }
}
