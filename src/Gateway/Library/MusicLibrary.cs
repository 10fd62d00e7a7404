using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The music of the swarm: tables that follow the catalog, and the queries on them.</summary>
/// <remarks>
/// One lock guards everything. A change is applied in small steps, so that a query waits for one step at most. Thread-safe.
/// </remarks>
internal sealed class MusicLibrary : IMusicLibrary
{
    // The number of songs that one step applies while queries wait.
    private const int SongsPerStep = 50;

    private readonly Lock _lock = new();
    private readonly GatewayLibrarySettings _settings;
    private readonly Random _random;
    private readonly LibraryTables _tables = new();
    private readonly LibraryViews _views;
    private readonly LibraryWriter _writer;
    private readonly WalkPins _walks;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Made<LibraryArtist>? _artists;
    private Made<LibraryGenre>? _genres;
    private LibraryState _state;
    private int _listing;

    public MusicLibrary(GatewayLibrarySettings settings, ILibraryMemory memory, TimeProvider time, Random random)
    {
        (_settings, _random) = (settings, random);
        _views = new LibraryViews(_tables);
        _writer = new LibraryWriter(_tables, _views, settings, memory, time);
        _walks = new WalkPins(settings.MaxWalks, time);
        _writer.Restore();
        _state = new LibraryState(1, 0, 0, 0, _writer.ArtistsModified, false, null);
    }

    /// <inheritdoc/>
    public LibraryState State
    {
        get
        {
            lock (_lock)
                return _state;
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibraryArtist> AlbumArtists
    {
        get
        {
            lock (_lock)
            {
                if (_artists?.Version != _views.ArtistsVersion)
                    _artists = new Made<LibraryArtist>(_views.ArtistsVersion, [.. _views.Artists.Select(artist => artist.ToArtist())]);
                return _artists.Items;
            }
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibraryGenre> Genres
    {
        get
        {
            lock (_lock)
            {
                if (_genres?.Version != _state.Version)
                    _genres = new Made<LibraryGenre>(_state.Version, [.. CountGenres()]);
                return _genres.Items;
            }
        }
    }

    // The catalog ---------------------------------------------------------------------------------------------------------------

    /// <summary>Applies a page of the whole catalog.</summary>
    public void Listed(IReadOnlyList<Song> songs, bool isFirst, bool isLast)
    {
        if (isFirst)
            _listing++;
        Apply(songs);
        if (!isLast)
            return;
        lock (_lock)
            _writer.EndListing(_listing);
        SettleAll(state => state with { IsComplete = true });
    }

    /// <summary>Applies a change in the catalog.</summary>
    public void Changed(IReadOnlyList<Song> changed, IReadOnlyList<int> removed)
    {
        Apply(changed);
        for (var at = 0; at < removed.Count; at += SongsPerStep)
        {
            lock (_lock)
            {
                for (var id = at; id < Math.Min(at + SongsPerStep, removed.Count); id++)
                    _writer.Remove(removed[id]);
            }

            SettleAll();
        }
    }

    /// <summary>Records the state of the tracker link.</summary>
    public void Linked(SwarmLink link)
    {
        SettleAll(state => state with { Link = link });
    }

    /// <summary>Ends old walks, and removes or forgets songs that have been away for long enough. Call it every few seconds.</summary>
    public void Tick()
    {
        lock (_lock)
        {
            _walks.Expire();
            if (!_writer.Tick())
                return;
        }

        SettleAll();
    }

    private void Apply(IReadOnlyList<Song> songs)
    {
        for (var at = 0; at < songs.Count; at += SongsPerStep)
        {
            lock (_lock)
            {
                for (var song = at; song < Math.Min(at + SongsPerStep, songs.Count); song++)
                    _writer.Apply(songs[song], _listing);
            }

            SettleAll();
        }
    }

    // Queries can run between the steps. Only the follower of the catalog writes, so nothing else changes in between.
    private void SettleAll(Func<LibraryState, LibraryState>? change = null)
    {
        for (var hasMore = true; hasMore;)
        {
            lock (_lock)
            {
                hasMore = _writer.Settle();
                Publish(hasMore || change is null ? _state : change(_state));
            }
        }
    }

    private void Publish(LibraryState state)
    {
        _state = state with
        {
            Version = state.Version + 1,
            Songs = _writer.ShownSongs,
            Albums = _tables.ShownAlbums,
            AlbumArtists = _tables.ShownArtists,
            ArtistsModified = _writer.ArtistsModified,
        };
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    // Queries -------------------------------------------------------------------------------------------------------------------

    /// <inheritdoc/>
    public async Task<LibraryState> WaitForChangeAsync(long version, CancellationToken cancellation)
    {
        while (true)
        {
            Task changed;
            lock (_lock)
            {
                if (_state.Version != version)
                    return _state;
                changed = _changed.Task;
            }

            await changed.WaitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <inheritdoc/>
    public LibrarySong? FindSong(string id)
    {
        if (!LibraryIds.TryParseSong(id, out var bits))
            return null;
        lock (_lock)
            return _tables.Find(bits)?.ToSong();
    }

    /// <inheritdoc/>
    public LibrarySong? FindSong(ContentHash hash)
    {
        lock (_lock)
            return _tables.Find(hash)?.ToSong();
    }

    /// <inheritdoc/>
    public LibrarySong? FindSongByTrackerId(int trackerId)
    {
        lock (_lock)
            return _tables.FindByTrackerId(trackerId)?.ToSong();
    }

    /// <inheritdoc/>
    public LibrarySong? FindSongByCover(ContentHash cover)
    {
        lock (_lock)
            return _tables.FindByCover(cover)?.ToSong();
    }

    /// <inheritdoc/>
    public LibraryAlbum? FindAlbum(string id)
    {
        lock (_lock)
            return _tables.FindAlbum(id) is { Songs.Count: > 0 } album ? album.ToAlbum() : null;
    }

    /// <inheritdoc/>
    public LibraryArtist? FindArtist(string id)
    {
        lock (_lock)
            return Known(_tables.FindArtist(id));
    }

    /// <inheritdoc/>
    public LibraryArtist? FindArtistByName(string name)
    {
        lock (_lock)
            return Known(_tables.FindArtistByKey(TextKey.Of(name)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> SongsOf(LibraryAlbum album)
    {
        lock (_lock)
        {
            return _tables.FindAlbum(album.Id) is not { } node ? [] :
            [
                .. node.Songs.Where(song => song.IsShown)
                    .OrderBy(song => song.Disc).ThenBy(song => song.Track).ThenBy(song => song.Title, StringComparer.OrdinalIgnoreCase)
                    .ThenBy(song => song.Ordinal).Select(song => song.ToSong()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> OtherEncodings(LibrarySong song)
    {
        lock (_lock)
        {
            if (_tables.Find(song.Hash) is not { } entry)
                return [];
            var key = SongEncodings.KeyOf(entry);
            return
            [
                .. entry.Album.Songs.Where(other => other != entry && other.IsListed && other.Track == entry.Track
                        && SongEncodings.IsSameLength(other, entry) && SongEncodings.KeyOf(other) == key)
                    .Order(SongEncodings.BestFirst).Take(100).Select(other => other.ToSong()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibraryAlbum> AlbumsOf(LibraryArtist artist)
    {
        lock (_lock)
        {
            if (_tables.FindArtist(artist.Id) is not { } node)
                return [];
            var albums = node.ShownAlbums > 0 ? node.Albums.Where(album => album.IsShown) : node.AppearsOn();
            return
            [
                .. albums.OrderBy(album => album.IsNoAlbum).ThenBy(album => album.Summary.Year)
                    .ThenBy(album => album.SortName, StringComparer.Ordinal)
                    .Select(album => album.ToAlbum()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> SongsOf(LibraryArtist artist, int most)
    {
        lock (_lock)
        {
            return _tables.FindArtist(artist.Id) is not { } node ? [] :
            [
                .. node.Songs.Where(song => song.IsShown).OrderByDescending(song => song.Hosts).ThenBy(song => song.Ordinal).Take(most)
                    .Select(song => song.ToSong()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> RandomSongs(int most, string? genre = null, int fromYear = 0, int toYear = 0)
    {
        lock (_lock)
        {
            IReadOnlyList<SongEntry?> songs = _tables.ByOrdinal;
            if (genre is not null)
                songs = GenreNamed(genre) is { } node ? node.Songs : [];
            return
            [
                .. RandomPicks.From(songs, most, _random, song => song is { IsShown: true, TrackerId: > 0 }
                    && (fromYear <= 0 || song.Year >= fromYear) && (toYear <= 0 || (song.Year > 0 && song.Year <= toYear)))
                    .Select(song => song!.ToSong()),
            ];
        }
    }

    /// <inheritdoc/>
    public LibraryPage<LibraryAlbum> Albums(AlbumList list, Walk walk, int offset, int count)
    {
        lock (_lock)
            return Page(_walks.Find(walk, offset == 0, () => AlbumsIn(list)), offset, count, album => album.ToAlbum());
    }

    /// <inheritdoc/>
    public LibraryPage<LibrarySong> Songs(SongOrder order, Walk walk, int offset, int count)
    {
        lock (_lock)
            return Page(_walks.Find(walk, offset == 0, () => _views.Get(order)), offset, count, song => song.ToSong());
    }

    /// <inheritdoc/>
    public LibraryPage<LibrarySong> SongsOfGenre(string genre, Walk walk, int offset, int count)
    {
        lock (_lock)
        {
            return Page(
                _walks.Find(walk, offset == 0, () => GenreNamed(genre) is { } node
                    ? [.. node.Songs.Where(song => song.IsShown).OrderBy(song => song.Ordinal)]
                    : Array.Empty<SongEntry>()),
                offset, count, song => song.ToSong());
        }
    }

    /// <inheritdoc/>
    public LibraryMatches Search(string query, Walk walk, PageRange artists, PageRange albums, PageRange songs)
    {
        PageRange[] wanted = [.. new[] { artists, albums, songs }.Where(range => range.Count > 0)];
        lock (_lock)
        {
            var found = _walks.Find(walk, wanted.All(range => range.Offset == 0), () => new Found());
            return new LibraryMatches(
                artists.Count == 0 ? new([], 0) : Page(found.Artists ??= Artists(), artists.Offset, artists.Count, artist =>
                    artist.ToArtist()),
                albums.Count == 0 ? new([], 0) : Page(found.Albums ??= Albums(), albums.Offset, albums.Count, album => album.ToAlbum()),
                songs.Count == 0 ? new([], 0) : Page(found.Songs ??= Songs(), songs.Offset, songs.Count, song => song.ToSong()));
        }

        ArtistNode[] Artists() => LibrarySearch.IsEverything(query) ? _views.Artists : new LibrarySearch(_tables, query).Artists();
        AlbumNode[] Albums() => LibrarySearch.IsEverything(query)
            ? _views.Get(AlbumListKind.ByName)
            : new LibrarySearch(_tables, query).Albums();
        SongEntry[] Songs() => LibrarySearch.IsEverything(query)
            ? _views.Get(SongOrder.FirstSeen)
            : new LibrarySearch(_tables, query).Songs();
    }

    private static LibraryPage<TResult> Page<T, TResult>(T[] list, int offset, int count, Func<T, TResult> convert)
    {
        if (offset < 0 || offset >= list.Length || count <= 0)
            return new LibraryPage<TResult>([], list.Length);
        var page = new TResult[Math.Min(count, list.Length - offset)];
        for (var at = 0; at < page.Length; at++)
            page[at] = convert(list[offset + at]);
        return new LibraryPage<TResult>(page, list.Length);
    }

    private static LibraryArtist? Known(ArtistNode? artist) =>
        artist is not null && (artist.Songs.Count > 0 || artist.Albums.Count > 0) ? artist.ToArtist() : null;

    private AlbumNode[] AlbumsIn(AlbumList list)
    {
        switch (list.Kind)
        {
            case AlbumListKind.Random:
                var albums = _views.Get(AlbumListKind.ByName).ToArray();
                new Random(list.Seed).Shuffle(albums);
                return albums;
            case AlbumListKind.ByYear:
                var (from, to) = (Math.Min(list.FromYear, list.ToYear), Math.Max(list.FromYear, list.ToYear));
                var within = _views.Get(AlbumListKind.ByName)
                    .Where(album => album.Summary.Year > 0 && album.Summary.Year >= from && album.Summary.Year <= to);
                return list.FromYear > list.ToYear
                    ? [.. within.OrderByDescending(album => album.Summary.Year)]
                    : [.. within.OrderBy(album => album.Summary.Year)];
            case AlbumListKind.ByGenre:
                return GenreNamed(list.Genre) is { } genre
                    ? [.. _views.Get(AlbumListKind.ByName).Where(album => album.Songs.Any(song => song.IsShown && song.Genre == genre))]
                    : [];
            default:
                return _views.Get(list.Kind);
        }
    }

    private GenreNode? GenreNamed(string name) => _tables.FindGenre(TextKey.Of(name));

    private IEnumerable<LibraryGenre> CountGenres()
    {
        var albums = _views.Get(AlbumListKind.ByName).Where(album => album.Summary.Genre is not null)
            .CountBy(album => album.Summary.Genre!).ToDictionary();
        return _tables.Genres.Where(genre => genre.Shown > 0)
            .Select(genre => new LibraryGenre(genre.Name, genre.Shown, albums.GetValueOrDefault(genre)))
            .OrderBy(genre => genre.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A list that was built from one version of the library.</summary>
    private sealed record Made<T>(long Version, IReadOnlyList<T> Items);

    /// <summary>The results of a search that a walk has requested so far.</summary>
    private sealed class Found
    {
        public ArtistNode[]? Artists { get; set; }

        public AlbumNode[]? Albums { get; set; }

        public SongEntry[]? Songs { get; set; }
    }
}
