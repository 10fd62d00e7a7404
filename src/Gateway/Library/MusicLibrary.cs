using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The music of the swarm: tables that follow the catalog, and the queries on them.</summary>
/// <remarks>
/// One lock guards everything. A change is applied in small steps, so that a query waits for at most one step. Thread-safe.
/// </remarks>
internal sealed class MusicLibrary : IMusicLibrary
{
    // The number of songs that are applied in one step, while queries wait.
    private const int SongsPerStep = 50;

    private readonly Lock _lock = new();
    private readonly GatewayLibrarySettings _settings;
    private readonly Random _random;
    private readonly LibraryTables _tables = new();
    private readonly BitsPool _sets = new();
    private readonly LibraryViews _views;
    private readonly LibraryWriter _writer;
    private readonly WalkPins _walks;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Made<LibraryArtist>? _artists;
    private Made<LibraryGenre>? _genres;
    private Made<LibraryPeer>? _peers;
    private LibraryState _state;
    private int _listing;

    public MusicLibrary(
        GatewayLibrarySettings settings, ILibraryMemory memory, TimeProvider time, Random random, MemoryLimits? limits = null)
    {
        (_settings, _random) = (settings, random);
        _views = new LibraryViews(_tables);
        _writer = new LibraryWriter(_tables, _views, settings, memory, time, limits ?? new MemoryLimits());
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
                {
                    var artists = _views.Artists.Select(artist => _tables.Artists[artist].ToArtist());
                    _artists = new Made<LibraryArtist>(_views.ArtistsVersion, [.. artists]);
                }

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

    /// <inheritdoc/>
    public IReadOnlyList<LibraryPeer> Peers
    {
        get
        {
            long version;
            List<LibraryPeer> peers;
            lock (_lock)
            {
                version = _tables.Peers.Version;
                if (_peers is { } made && made.Version == version)
                    return made.Items;
                peers = [.. _tables.Peers.All];
            }

            // The list is sorted outside the lock, so changes and other queries need not wait.
            peers.Sort(LibraryPeer.ByName);
            var sorted = new Made<LibraryPeer>(version, peers);
            lock (_lock)
                _peers = sorted;
            return sorted.Items;
        }
    }

    // The catalog ---------------------------------------------------------------------------------------------------------------

    /// <summary>Applies one page of a complete listing of the catalog.</summary>
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
        bool hasChanged;
        lock (_lock)
        {
            _walks.Expire();
            hasChanged = _writer.Tick();
        }

        // The tables can be compacted only while no album is waiting to be settled. Only this thread makes changes, so no album can start
        // waiting in between.
        if (hasChanged)
            SettleAll();
        lock (_lock)
        {
            if (_writer.Compact() is { } numbers)
                _walks.Renumber(numbers);
        }
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

    // Queries can run between the steps. Only the catalog follower writes, so nothing else changes in between.
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
            return _tables.Albums.Find(id) is { SongOrdinals.Count: > 0 } album ? album.ToAlbum() : null;
    }

    /// <inheritdoc/>
    public LibraryArtist? FindArtist(string id)
    {
        lock (_lock)
            return Known(_tables.Artists.Find(id));
    }

    /// <inheritdoc/>
    public LibraryArtist? FindArtistByName(string name)
    {
        lock (_lock)
            return Known(_tables.Artists.FindByKey(TextKey.Of(name)));
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> SongsOf(LibraryAlbum album)
    {
        lock (_lock)
        {
            return _tables.Albums.Find(album.Id) is not { } node ? [] :
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
                .. entry.Album.Songs.Where(other => other != entry && other.Row.IsListed && other.Track == entry.Track
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
            if (_tables.Artists.Find(artist.Id) is not { } node)
                return [];
            var albums = node.ShownAlbums > 0 ? node.Albums.Where(album => album.IsShown) : node.AppearsOn();
            return
            [
                .. albums.OrderBy(album => album.IsNoAlbum).ThenBy(album => album.Summary.Year)
                    .ThenBy(album => album.SortName, Comparer<int>.Create(_tables.Albums.SortNames.Compare))
                    .Select(album => album.ToAlbum()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> SongsOf(LibraryArtist artist, int most)
    {
        lock (_lock)
        {
            return _tables.Artists.Find(artist.Id) is not { } node ? [] :
            [
                .. node.Songs.Where(song => song.IsShown).OrderByDescending(song => song.Row.Hosts).ThenBy(song => song.Ordinal).Take(most)
                    .Select(song => song.ToSong()),
            ];
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<LibrarySong> RandomSongs(int most, string? genre = null, int fromYear = 0, int toYear = 0)
    {
        lock (_lock)
        {
            var songs = genre is null ? default : GenreNamed(genre)?.SongOrdinals ?? default;
            var count = genre is null ? _tables.Songs.Length : songs.Count;
            return [.. RandomPicks.Below(count, most, _random, at => Fits(SongAt(at).Row)).Select(at => SongAt(at).ToSong())];

            SongEntry SongAt(int at) => _tables.Song(genre is null ? at : _tables.Lists.Items(songs)[at]);

            bool Fits(SongRow song) => song is { IsShown: true, TrackerId: > 0 }
                && (fromYear <= 0 || song.Year >= fromYear) && (toYear <= 0 || (song.Year > 0 && song.Year <= toYear));
        }
    }

    /// <inheritdoc/>
    public LibraryPage<LibraryAlbum> Albums(AlbumList list, Walk walk, int offset, int count)
    {
        lock (_lock)
        {
            var lists = _walks.Find(walk, offset == 0);
            return AlbumPage(lists.Albums ??= new OrdinalList(AlbumsIn(list)), new PageRange(offset, count));
        }
    }

    /// <inheritdoc/>
    public LibraryPage<LibrarySong> Songs(SongOrder order, Walk walk, int offset, int count)
    {
        lock (_lock)
        {
            var lists = _walks.Find(walk, offset == 0);
            return SongPage(lists.Songs ??= _views.Get(order), new PageRange(offset, count));
        }
    }

    /// <inheritdoc/>
    public LibraryPage<LibrarySong> SongsOfGenre(string genre, Walk walk, int offset, int count)
    {
        lock (_lock)
        {
            var lists = _walks.Find(walk, offset == 0);
            return SongPage(
                lists.Songs ??= new OrdinalList(GenreNamed(genre) is { } node
                    ? [.. node.Songs.Where(song => song.IsShown).Select(song => song.Ordinal).Order()]
                    : []),
                new PageRange(offset, count));
        }
    }

    /// <inheritdoc/>
    public LibraryPeer? FindPeer(PeerId id)
    {
        lock (_lock)
            return _tables.Peers.Find(id);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<PeerId, int> SampleSongs(IEnumerable<PeerId> peers)
    {
        lock (_lock)
            return _tables.Peers.SampleSongs(peers).ToDictionary(sample => sample.Key, sample => _tables.Songs[sample.Value].TrackerId);
    }

    /// <inheritdoc/>
    public LibraryPage<LibrarySong> SongsOfPeer(PeerId id, Walk walk, int offset, int count)
    {
        lock (_lock)
        {
            if (_tables.Peers.Find(id) is null)
                return new LibraryPage<LibrarySong>([], 0);
            var lists = _walks.Find(walk, offset == 0);
            lists.Songs ??= new OrdinalList(_views.SongsByArtist(_tables.Peers.SongsOf(id)));
            return SongPage(lists.Songs, new PageRange(offset, count));
        }
    }

    /// <inheritdoc/>
    public LibraryMatches Search(string query, Walk walk, PageRange artists, PageRange albums, PageRange songs)
    {
        PageRange[] wanted = [.. new[] { artists, albums, songs }.Where(range => range.Count > 0)];
        lock (_lock)
        {
            var lists = _walks.Find(walk, wanted.All(range => range.Offset == 0));
            var search = new LibrarySearch(_tables, _sets, query);
            var isEverything = LibrarySearch.IsEverything(query);
            if (artists.Count > 0)
                lists.Artists ??= isEverything ? new OrdinalList(_views.Artists) : search.Artists();
            if (albums.Count > 0)
                lists.Albums ??= isEverything ? new OrdinalList(_views.Get(AlbumListKind.ByName)) : search.Albums();
            if (songs.Count > 0)
                lists.Songs ??= isEverything ? _views.Get(SongOrder.FirstSeen) : search.Songs();
            return new LibraryMatches(
                artists.Count == 0 ? new([], 0) : ArtistPage(lists.Artists!, artists),
                albums.Count == 0 ? new([], 0) : AlbumPage(lists.Albums!, albums),
                songs.Count == 0 ? new([], 0) : SongPage(lists.Songs!, songs));
        }
    }

    private LibraryPage<LibraryArtist> ArtistPage(OrdinalList list, PageRange range) =>
        Page(list, range, artist => _tables.Artists[artist].ToArtist());

    private LibraryPage<LibraryAlbum> AlbumPage(OrdinalList list, PageRange range) =>
        Page(list, range, album => _tables.Albums[album].ToAlbum());

    private LibraryPage<LibrarySong> SongPage(OrdinalList list, PageRange range) =>
        Page(list, range, song => _tables.Song(song).ToSong());

    // Items that were forgotten while a client was walking through the list no longer have an ordinal.
    private static LibraryPage<T> Page<T>(OrdinalList list, PageRange range, Func<int, T> convert) =>
        new([.. list.Page(range.Offset, range.Count).Where(ordinal => ordinal >= 0).Select(convert)], list.Count);

    private static LibraryArtist? Known(ArtistNode? artist) =>
        artist is not null && (artist.SongOrdinals.Count > 0 || artist.AlbumOrdinals.Count > 0) ? artist.ToArtist() : null;

    private int[] AlbumsIn(AlbumList list)
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
                    .Where(album => YearOf(album) is > 0 and var year && year >= from && year <= to);
                return list.FromYear > list.ToYear ? [.. within.OrderByDescending(YearOf)] : [.. within.OrderBy(YearOf)];
            case AlbumListKind.ByGenre:
                return GenreNamed(list.Genre) is { } genre
                    ? [.. _views.Get(AlbumListKind.ByName).Where(album => Has(_tables.Albums[album].SongOrdinals, genre.Ordinal))]
                    : [];
            default:
                return _views.Get(list.Kind);
        }
    }

    private int YearOf(int album) => _tables.Albums[album].Summary.Year;

    private bool Has(IntList songs, int genre)
    {
        foreach (var song in _tables.Lists.Items(songs))
        {
            if (_tables.Songs[song] is { IsShown: true } row && row.Genre == genre)
                return true;
        }

        return false;
    }

    private GenreNode? GenreNamed(string name) => _tables.FindGenre(TextKey.Of(name));

    private IEnumerable<LibraryGenre> CountGenres()
    {
        var albums = _views.Get(AlbumListKind.ByName).Select(album => _tables.Albums[album].Summary.Genre).OfType<GenreNode>()
            .CountBy(genre => genre).ToDictionary();
        return _tables.Genres.Where(genre => genre.Shown > 0)
            .Select(genre => new LibraryGenre(genre.Name, genre.Shown, albums.GetValueOrDefault(genre)))
            .OrderBy(genre => genre.Name, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>A list that was built from one version of the library.</summary>
    private sealed record Made<T>(long Version, IReadOnlyList<T> Items);
}
