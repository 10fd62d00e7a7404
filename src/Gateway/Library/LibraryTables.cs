using System.Runtime.InteropServices;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>The songs, artists, albums, genres and covers of the library, and how to find them.</summary>
/// <remarks>Not thread-safe: the library calls it under its lock.</remarks>
internal sealed class LibraryTables
{
    private readonly HashSet<SongEntry> _songs = new(new ByHash());
    private readonly HashSet<SongEntry>.AlternateLookup<ContentHash> _byHash;
    private readonly HashSet<SongEntry>.AlternateLookup<SongIdBits> _byId;
    private readonly Dictionary<int, SongEntry> _byTrackerId = [];
    private readonly Dictionary<string, ArtistNode> _artists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ArtistNode> _artistsById = new(StringComparer.Ordinal);
    private readonly Dictionary<(ArtistNode Artist, string Key), AlbumNode> _albums = [];
    private readonly Dictionary<string, AlbumNode> _albumsById = new(StringComparer.Ordinal);
    private readonly Dictionary<string, GenreNode> _genres = new(StringComparer.Ordinal);
    private readonly Dictionary<ContentHash, CoverNode> _covers = [];

    public LibraryTables()
    {
        _byHash = _songs.GetAlternateLookup<ContentHash>();
        _byId = _songs.GetAlternateLookup<SongIdBits>();
    }

    /// <summary>The songs by ordinal; null where one was forgotten.</summary>
    public List<SongEntry?> ByOrdinal { get; private set; } = [];

    public List<ArtistNode> ArtistsByOrdinal { get; private set; } = [];

    public List<AlbumNode> AlbumsByOrdinal { get; private set; } = [];

    public IReadOnlyCollection<GenreNode> Genres => _genres.Values;

    /// <summary>The words of all titles and names.</summary>
    public WordIndex Words { get; private set; } = new();

    /// <summary>The number of songs, including those that are away.</summary>
    public int Count => _songs.Count;

    /// <summary>The number of albums that lists show.</summary>
    public int ShownAlbums { get; set; }

    /// <summary>The number of album artists that lists show.</summary>
    public int ShownArtists { get; set; }

    public SongEntry? Find(ContentHash hash) => _byHash.TryGetValue(hash, out var song) ? song : null;

    public SongEntry? Find(SongIdBits id) => _byId.TryGetValue(id, out var song) ? song : null;

    public SongEntry? FindByTrackerId(int id) => _byTrackerId.GetValueOrDefault(id);

    public ArtistNode? FindArtist(string id) => _artistsById.GetValueOrDefault(id);

    public ArtistNode? FindArtistByKey(string key) => _artists.GetValueOrDefault(key);

    public AlbumNode? FindAlbum(string id) => _albumsById.GetValueOrDefault(id);

    public GenreNode? FindGenre(string key) => _genres.GetValueOrDefault(key);

    /// <summary>Adds a song.</summary>
    public SongEntry Add(ContentHash hash, uint firstSeen)
    {
        var song = new SongEntry(hash, ByOrdinal.Count, firstSeen);
        _songs.Add(song);
        ByOrdinal.Add(song);
        return song;
    }

    /// <summary>Forgets a song. The caller has already removed it from its artist, album and genre.</summary>
    public void Remove(SongEntry song)
    {
        SetTrackerId(song, 0);
        SetCover(song, null);
        _songs.Remove(song);
        ByOrdinal[song.Ordinal] = null;
    }

    /// <summary>Sets the tracker's id of a song; 0 = none. A song that had this id before loses it.</summary>
    /// <returns>The song that had the id before; null = none.</returns>
    public SongEntry? SetTrackerId(SongEntry song, int id)
    {
        if (song.TrackerId == id)
            return null;
        if (song.TrackerId != 0)
            _byTrackerId.Remove(song.TrackerId);
        song.TrackerId = id;
        if (id == 0)
            return null;
        ref var place = ref CollectionsMarshal.GetValueRefOrAddDefault(_byTrackerId, id, out var isTaken);
        var former = isTaken ? place : null;
        place = song;
        if (former is not null)
            former.TrackerId = 0;
        return former;
    }

    public ArtistNode ArtistOf(string key, string name)
    {
        if (_artists.TryGetValue(key, out var artist))
            return artist;
        artist = new ArtistNode(key, name, ArtistsByOrdinal.Count);
        _artists.Add(key, artist);
        _artistsById.Add(artist.Id, artist);
        ArtistsByOrdinal.Add(artist);
        Words.AddArtist(SearchText.Fold(name), artist.Ordinal);
        return artist;
    }

    public AlbumNode AlbumOf(ArtistNode artist, string key, string name)
    {
        if (_albums.TryGetValue((artist, key), out var album))
            return album;
        album = new AlbumNode(artist, key, name, AlbumsByOrdinal.Count);
        _albums.Add((artist, key), album);
        _albumsById.Add(album.Id, album);
        AlbumsByOrdinal.Add(album);
        artist.Albums.Add(album);
        Words.AddAlbum(SearchText.Fold(name) + SearchText.Fold(artist.Name), album.Ordinal);
        return album;
    }

    public GenreNode GenreOf(string key, string name)
    {
        if (!_genres.TryGetValue(key, out var genre))
            _genres.Add(key, genre = new GenreNode(key, name));
        return genre;
    }

    /// <summary>Sets the cover of a song; null = none. A cover that no song has any more is forgotten.</summary>
    public void SetCover(SongEntry song, ContentHash? hash)
    {
        if (song.Cover?.Hash == hash)
            return;
        if (song.Cover is { } earlier && --earlier.Songs == 0)
            _covers.Remove(earlier.Hash);
        song.Cover = null;
        if (hash is not { } wanted)
            return;
        if (!_covers.TryGetValue(wanted, out var cover))
            _covers.Add(wanted, cover = new CoverNode(wanted));
        cover.Songs++;
        cover.Sample = song;
        song.Cover = cover;
    }

    /// <summary>Finds a song that has this cover and a host.</summary>
    public SongEntry? FindByCover(ContentHash hash)
    {
        if (!_covers.TryGetValue(hash, out var cover))
            return null;
        if (cover.Sample is not { TrackerId: > 0 } sample || sample.Cover != cover)
            cover.Sample = ByOrdinal.Find(song => song is { TrackerId: > 0 } && song.Cover == cover);
        return cover.Sample;
    }

    /// <summary>Whether so many songs have been forgotten that the tables should be compacted.</summary>
    public bool IsSparse =>
        ByOrdinal.Count > 2 * _songs.Count + 10_000 || ArtistsByOrdinal.Count + AlbumsByOrdinal.Count > 2 * _songs.Count + 10_000;

    /// <summary>Forgets artists and albums without songs, and assigns new ordinals without gaps, in the same order.</summary>
    public void Compact()
    {
        ByOrdinal = [.. ByOrdinal.Where(song => song is not null)];
        AlbumsByOrdinal = [.. AlbumsByOrdinal.Where(album => album.Songs.Count > 0)];
        foreach (var (key, album) in _albums.Where(entry => entry.Value.Songs.Count == 0).ToList())
        {
            _albums.Remove(key);
            _albumsById.Remove(album.Id);
            album.Artist.Albums.Remove(album);
        }

        ArtistsByOrdinal = [.. ArtistsByOrdinal.Where(artist => artist.Songs.Count > 0 || artist.Albums.Count > 0)];
        foreach (var (key, artist) in _artists.Where(entry => entry.Value is { Songs.Count: 0, Albums.Count: 0 }).ToList())
        {
            _artists.Remove(key);
            _artistsById.Remove(artist.Id);
        }

        Words = new WordIndex();
        foreach (var (ordinal, song) in ByOrdinal.Index())
        {
            song!.Ordinal = ordinal;
            Words.AddSong(SearchText.Fold(song.Title), ordinal);
        }

        foreach (var (ordinal, album) in AlbumsByOrdinal.Index())
        {
            album.Ordinal = ordinal;
            Words.AddAlbum(SearchText.Fold(album.Name) + SearchText.Fold(album.Artist.Name), ordinal);
        }

        foreach (var (ordinal, artist) in ArtistsByOrdinal.Index())
        {
            artist.Ordinal = ordinal;
            Words.AddArtist(SearchText.Fold(artist.Name), ordinal);
        }
    }

    /// <summary>Compares songs by content hash, so that they can also be looked up by hash or id.</summary>
    private sealed class ByHash
        : IEqualityComparer<SongEntry>, IAlternateEqualityComparer<ContentHash, SongEntry>, IAlternateEqualityComparer<SongIdBits,
            SongEntry>
    {
        public bool Equals(SongEntry? x, SongEntry? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Hash == y.Hash);

        // Content hashes are random, so a few of their bits make a good hash code.
        public int GetHashCode(SongEntry obj) => CodeOf(SongIdBits.Of(obj.Hash));

        public bool Equals(ContentHash alternate, SongEntry other) => other.Hash == alternate;

        public int GetHashCode(ContentHash alternate) => CodeOf(SongIdBits.Of(alternate));

        public bool Equals(SongIdBits alternate, SongEntry other) => SongIdBits.Of(other.Hash) == alternate;

        public int GetHashCode(SongIdBits alternate) => CodeOf(alternate);

        SongEntry IAlternateEqualityComparer<ContentHash, SongEntry>.Create(ContentHash alternate) => throw new NotSupportedException();

        SongEntry IAlternateEqualityComparer<SongIdBits, SongEntry>.Create(SongIdBits alternate) => throw new NotSupportedException();

        private static int CodeOf(SongIdBits bits) => (int)(bits.First ^ (bits.First >> 32));
    }
}
