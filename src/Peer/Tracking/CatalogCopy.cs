using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The peer's own copy of the catalog: filled by pages, kept true by broadcasts, good for looking hosts up when no tracker is there.</summary>
internal sealed class CatalogCopy
{
    private const int MaxDeltasWhileListing = 1_000;

    private readonly SortedDictionary<int, Song> _songs = [];
    private readonly List<CatalogDelta> _deltasWhileListing = [];
    private Dictionary<int, Song>? _incoming;
    private ulong _version;

    public int Count => _songs.Count;

    /// <summary>True from <see cref="BeginListing"/> until the last page has come.</summary>
    public bool IsListing => _incoming is not null;

    /// <summary>Broadcasts are missing between what is here and what came: list again.</summary>
    public bool HasGap { get; private set; }

    public Song? Find(int id) => _songs.GetValueOrDefault(id);

    /// <summary>Titles that begin with a text, in any case: each once, in order, at most so many.</summary>
    public IReadOnlyList<string> Titles(string beginning, int most)
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

    /// <summary>Starts over: the next pages are the whole catalog. What was known stays until they are all here.</summary>
    public void BeginListing()
    {
        _incoming = [];
        _deltasWhileListing.Clear();
        _version = ulong.MaxValue;
        HasGap = false;
    }

    /// <summary>Gives up a listing that cannot be finished; what was known stays, and counts as out of date.</summary>
    public void AbandonListing()
    {
        HasGap |= IsListing;
        _incoming = null;
        _deltasWhileListing.Clear();
    }

    /// <summary>Takes a page.</summary>
    /// <returns>The cursor of the next one; 0 when the copy is complete.</returns>
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
        // The copy is as old as its oldest page. A delta tells songs as they are, so applying one twice does no harm.
        foreach (var delta in _deltasWhileListing)
            Apply(delta);
        _deltasWhileListing.Clear();
        return 0;
    }

    /// <summary>Takes a broadcast.</summary>
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
