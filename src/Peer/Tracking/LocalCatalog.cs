using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// A copy of a tracker's catalog. Pages fill it, broadcasts keep it up to date, and it names the hosts of a song while no tracker is
/// connected.
/// </summary>
internal sealed class LocalCatalog
{
    private const int MaxDeltasWhileListing = 1_000;

    private readonly SortedDictionary<int, Song> _songs = [];
    private readonly List<CatalogDelta> _deltasWhileListing = [];
    private Dictionary<int, Song>? _incoming;
    private ulong _version;

    /// <summary>Songs in the copy.</summary>
    public int Count => _songs.Count;

    /// <summary>True from <see cref="BeginListing"/> until the last page is added.</summary>
    public bool IsListing => _incoming is not null;

    /// <summary>True when a broadcast was missed: the catalog has to be listed again.</summary>
    public bool HasGap { get; private set; }

    /// <summary>Finds a song by its id.</summary>
    public Song? Find(int id) => _songs.GetValueOrDefault(id);

    /// <summary>Returns the titles that begin with a text, ignoring case: each once, in order, at most <paramref name="most"/>.</summary>
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

    /// <summary>Starts a listing: the next pages are the whole catalog. The old songs stay until the last page is added.</summary>
    public void BeginListing()
    {
        _incoming = [];
        _deltasWhileListing.Clear();
        _version = ulong.MaxValue;
        HasGap = false;
    }

    /// <summary>Abandons an unfinished listing. The old songs stay, but count as out of date.</summary>
    public void AbandonListing()
    {
        HasGap |= IsListing;
        _incoming = null;
        _deltasWhileListing.Clear();
    }

    /// <summary>Adds a page of a listing.</summary>
    /// <returns>The cursor of the next page; 0 when the copy is complete.</returns>
    public int Add(SongPage page)
    {
        if (_incoming is null)
            return 0;
        foreach (var song in page.Songs)
            _incoming[song.Id] = song;
        _version = Math.Min(_version, page.CatalogVersion);
        if (page.NextCursor > 0)
            return page.NextCursor;

        _songs.Clear();
        foreach (var (id, song) in _incoming)
            _songs[id] = song;
        _incoming = null;
        // The copy is as old as its oldest page. A delta carries whole songs, so applying one twice does no harm.
        foreach (var delta in _deltasWhileListing)
            Apply(delta);
        _deltasWhileListing.Clear();
        return 0;
    }

    /// <summary>Applies a broadcast, or keeps it until the listing is complete.</summary>
    public void Apply(CatalogDelta delta)
    {
        if (_incoming is not null)
        {
            if (_deltasWhileListing.Count < MaxDeltasWhileListing)
                _deltasWhileListing.Add(delta);
            return;
        }

        if (delta.FromVersion > _version)
            HasGap = true;
        if (HasGap || delta.ToVersion <= _version)
            return;
        foreach (var song in delta.Changed)
            _songs[song.Id] = song;
        foreach (var id in delta.Removed)
            _songs.Remove(id);
        _version = delta.ToVersion;
    }
}
