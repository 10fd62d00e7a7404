using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>The library's songs, artists, albums, genres and covers, with indexes for finding them.</summary>
/// <remarks>
/// Every item has an ordinal. The items of each kind are numbered in the order in which this peer first saw them, and refer to each other
/// by ordinal. Not thread-safe: the library uses the tables only under its lock.
/// </remarks>
internal sealed class LibraryTables
{
    private readonly Dictionary<string, GenreNode> _genresByKey = new(StringComparer.Ordinal);

    // The number of artists and albums after the last compaction. A single song can use up to three, so even right after a compaction they
    // may far outnumber the songs.
    private int _keptNames;

    public SongTable Songs { get; private set; } = new();

    public ArtistTable Artists { get; private set; } = new();

    public AlbumTable Albums { get; private set; } = new();

    public List<GenreNode> Genres { get; } = [];

    public CoverTable Covers { get; } = new();

    /// <summary>The peers that share the songs.</summary>
    public PeerTable Peers { get; } = new();

    /// <summary>The lists of songs and albums that belong to artists, albums, genres and groups.</summary>
    public IntLists Lists { get; private set; } = new();

    /// <summary>The words of all titles and names.</summary>
    public WordIndex Words { get; private set; } = new();

    /// <summary>The number of albums that appear in lists.</summary>
    public int ShownAlbums { get; set; }

    /// <summary>The number of album artists that appear in lists.</summary>
    public int ShownArtists { get; set; }

    /// <summary>Returns the song with this ordinal.</summary>
    public SongEntry Song(int ordinal) => new(this, ordinal);

    /// <summary>Returns the albums in a list.</summary>
    public IEnumerable<AlbumNode> AlbumsIn(IntList list)
    {
        for (var at = 0; at < list.Count; at++)
            yield return Albums[Lists.Items(list)[at]];
    }

    public SongEntry? Find(ContentHash hash) => SongOrNull(Songs.Find(hash));

    public SongEntry? Find(SongIdBits id) => SongOrNull(Songs.Find(id));

    public SongEntry? FindByTrackerId(int id) => SongOrNull(Songs.FindByTrackerId(id));

    public GenreNode? FindGenre(string key) => _genresByKey.GetValueOrDefault(key);

    /// <summary>Adds a song.</summary>
    public SongEntry Add(ContentHash hash, uint firstSeen)
    {
        Peers.AddSong();
        return Song(Songs.Add(new SongRow
        {
            Hash = hash,
            FirstSeen = firstSeen,
            Title = "",
            AlbumName = "",
            Artist = -1,
            Album = -1,
            TaggedAlbumArtist = -1,
            Genre = -1,
            Cover = CoverTable.None,
            Gain = default,
        }));
    }

    /// <summary>Forgets a song. The caller has already removed it from its artist, album and genre.</summary>
    public void Remove(SongEntry song)
    {
        SetCover(song, null);
        Peers.Clear(song.Ordinal);
        Songs.Remove(song.Ordinal);
    }

    /// <summary>Sets the song id that the tracker assigned; 0 = none. If another song has this id, that song loses it.</summary>
    /// <returns>The song that had the id before; null = none.</returns>
    public SongEntry? SetTrackerId(SongEntry song, int id) => SongOrNull(Songs.SetTrackerId(song.Ordinal, id));

    public ArtistNode ArtistOf(string key, string name)
    {
        if (Artists.FindByKey(key) is { } artist)
            return artist;
        artist = new ArtistNode(this, key, name);
        Artists.Add(artist);
        AddWords(artist);
        return artist;
    }

    public AlbumNode AlbumOf(ArtistNode artist, string key, string name)
    {
        if (Albums.Find(artist, key, name) is { } album)
            return album;
        album = new AlbumNode(artist, key, name);
        Albums.Add(album);
        Lists.Add(ref artist.AlbumOrdinals, album.Ordinal);
        AddWords(album);
        return album;
    }

    public GenreNode GenreOf(string key, string name)
    {
        if (_genresByKey.TryGetValue(key, out var genre))
            return genre;
        genre = new GenreNode(this, key, name) { Ordinal = Genres.Count };
        Genres.Add(genre);
        _genresByKey.Add(key, genre);
        return genre;
    }

    /// <summary>Sets the cover of a song; null = none. A cover that nothing uses any more is forgotten.</summary>
    public void SetCover(SongEntry song, ContentHash? hash)
    {
        ref var row = ref song.Row;
        if (Covers.HashOf(row.Cover) == hash)
            return;
        var former = row.Cover;
        row.Cover = hash is { } wanted ? Covers.Use(wanted) : CoverTable.None;
        if (row.Cover != CoverTable.None)
            Covers.SampleOf(row.Cover) = song.Ordinal;
        Covers.Release(former);
    }

    /// <summary>Finds a song that has this cover and a host.</summary>
    public SongEntry? FindByCover(ContentHash hash)
    {
        var cover = Covers.Find(hash);
        if (cover == CoverTable.None)
            return null;
        ref var sample = ref Covers.SampleOf(cover);
        if (sample == SongTable.None || !HasCover(sample, cover))
            sample = FirstWithCover(cover);
        return SongOrNull(sample);
    }

    /// <summary>Whether enough has been forgotten to make compacting the tables worthwhile.</summary>
    public bool IsSparse =>
        Songs.Length > 2 * Songs.Count + 10_000 || Artists.Count + Albums.Count > 2 * Math.Max(Songs.Count, _keptNames) + 10_000;

    /// <summary>Forgets artists and albums without songs, and assigns new ordinals without gaps, in the same order.</summary>
    /// <returns>The new ordinals, for everything outside the tables that stores ordinals.</returns>
    public Renumbering Compact()
    {
        var (songs, artists, albums, isUsed) = (Songs, Artists, Albums, UsedArtists());
        var numbers = new Renumbering(
            Renumbering.Of(songs.Length, song => !songs[song].IsForgotten && songs[song].Album >= 0),
            Renumbering.Of(albums.Count, album => albums[album].SongOrdinals.Count > 0), Renumbering.Of(artists.Count, isUsed.Has),
            Lists, new IntLists());
        (Songs, Artists, Albums, Lists, Words) = (new(), new(), new(), numbers.Lists, new());
        for (var artist = 0; artist < artists.Count; artist++)
        {
            if (numbers.Artists[artist] >= 0)
                Keep(artists[artist], numbers);
        }

        for (var album = 0; album < albums.Count; album++)
        {
            if (numbers.Albums[album] >= 0)
                Keep(albums[album], numbers);
            else
                Covers.Release(albums[album].Summary.Cover);
        }

        for (var song = 0; song < songs.Length; song++)
        {
            if (numbers.Songs[song] >= 0)
                Keep(songs[song], numbers);
        }

        foreach (var genre in Genres)
            genre.SongOrdinals = numbers.OfSongs(genre.SongOrdinals);
        Covers.Renumber(numbers.Songs);
        Peers.Renumber(numbers.Songs);
        _keptNames = Artists.Count + Albums.Count;
        return numbers;
    }

    // An artist is used by its songs and albums, and by songs whose tags name it as the album artist.
    private Bits UsedArtists()
    {
        var used = new Bits(Artists.Count);
        for (var song = 0; song < Songs.Length; song++)
        {
            var row = Songs[song];
            if (row.IsForgotten || row.Album < 0)
                continue;
            used.Set(row.Artist);
            if (row.TaggedAlbumArtist >= 0)
                used.Set(row.TaggedAlbumArtist);
        }

        for (var album = 0; album < Albums.Count; album++)
        {
            if (Albums[album].SongOrdinals.Count > 0)
                used.Set(Albums[album].Artist.Ordinal);
        }

        return used;
    }

    private void Keep(ArtistNode artist, Renumbering numbers)
    {
        artist.SongOrdinals = numbers.OfSongs(artist.SongOrdinals);
        artist.AlbumOrdinals = numbers.OfAlbums(artist.AlbumOrdinals);
        Artists.Add(artist);
        AddWords(artist);
    }

    private void Keep(AlbumNode album, Renumbering numbers)
    {
        album.SongOrdinals = numbers.OfSongs(album.SongOrdinals);
        Albums.Add(album);
        AddWords(album);
    }

    private void Keep(SongRow row, Renumbering numbers)
    {
        (row.Artist, row.Album) = (numbers.Artists[row.Artist], numbers.Albums[row.Album]);
        if (row.TaggedAlbumArtist >= 0)
            row.TaggedAlbumArtist = numbers.Artists[row.TaggedAlbumArtist];
        Words.AddSong(SearchText.Fold(row.Title), Songs.Add(row));
    }

    private void AddWords(ArtistNode artist) => Words.AddArtist(SearchText.Fold(artist.Name), artist.Ordinal);

    private void AddWords(AlbumNode album) =>
        Words.AddAlbum(SearchText.Fold(album.Name), SearchText.Fold(album.Artist.Name), album.Ordinal);

    private SongEntry? SongOrNull(int ordinal) => ordinal == SongTable.None ? null : Song(ordinal);

    private int FirstWithCover(int cover)
    {
        for (var song = 0; song < Songs.Length; song++)
        {
            if (HasCover(song, cover))
                return song;
        }

        return SongTable.None;
    }

    private bool HasCover(int song, int cover) => Songs[song].TrackerId > 0 && Songs[song].Cover == cover;
}
