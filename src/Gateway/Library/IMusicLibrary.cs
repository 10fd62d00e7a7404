using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>
/// The music of the swarm as albums, artists and songs. Thread-safe: a read waits for at most one small step of a change.
/// </summary>
/// <remarks>
/// Lists, searches and counts cover only songs with a host, and songs whose last host left a short time ago. Lookups by id also find songs
/// that are away. If a track has several encodings, lists show only the best one, unless the settings say otherwise.
/// </remarks>
internal interface IMusicLibrary
{
    /// <summary>The current state.</summary>
    LibraryState State { get; }

    /// <summary>All album artists, sorted.</summary>
    IReadOnlyList<LibraryArtist> AlbumArtists { get; }

    /// <summary>All genres, sorted by name.</summary>
    IReadOnlyList<LibraryGenre> Genres { get; }

    /// <summary>Completes when the version differs from <paramref name="version"/>.</summary>
    Task<LibraryState> WaitForChangeAsync(long version, CancellationToken cancellation);

    /// <summary>Finds a song by its client id, such as tr-….</summary>
    LibrarySong? FindSong(string id);

    /// <summary>Finds a song by its content hash.</summary>
    LibrarySong? FindSong(ContentHash hash);

    /// <summary>Finds a song by its song id, which the tracker assigned.</summary>
    LibrarySong? FindSongByTrackerId(int trackerId);

    LibraryAlbum? FindAlbum(string id);

    /// <summary>Finds a song that has this cover and a host.</summary>
    LibrarySong? FindSongByCover(ContentHash cover);

    /// <summary>Finds an artist: an album artist, or an artist who appears only on tracks.</summary>
    LibraryArtist? FindArtist(string id);

    /// <summary>Finds an artist by name, ignoring case and width.</summary>
    LibraryArtist? FindArtistByName(string name);

    /// <summary>The peers that share songs, sorted by name.</summary>
    IReadOnlyList<LibraryPeer> Peers { get; }

    /// <summary>Finds a peer that shares songs.</summary>
    LibraryPeer? FindPeer(PeerId id);

    /// <summary>Returns the song id of one song from each of the peers. Peers that share no songs are left out.</summary>
    IReadOnlyDictionary<PeerId, int> SampleSongs(IEnumerable<PeerId> peers);

    /// <summary>
    /// Returns one page of the songs that a peer shares, with all encodings, sorted by artist, album, disc and track.
    /// </summary>
    LibraryPage<LibrarySong> SongsOfPeer(PeerId id, Walk walk, int offset, int count);

    /// <summary>Returns the songs of an album, sorted by disc, track and title.</summary>
    IReadOnlyList<LibrarySong> SongsOf(LibraryAlbum album);

    /// <summary>Returns the other encodings of the song's track, best first.</summary>
    IReadOnlyList<LibrarySong> OtherEncodings(LibrarySong song);

    /// <summary>Returns the albums of an artist or, if there are none, those on which the artist appears, sorted by year and then
    /// name.</summary>
    IReadOnlyList<LibraryAlbum> AlbumsOf(LibraryArtist artist);

    /// <summary>Returns songs by an artist, those with the most hosts first.</summary>
    IReadOnlyList<LibrarySong> SongsOf(LibraryArtist artist, int most);

    /// <summary>Returns distinct songs in random order.</summary>
    /// <param name="most">The maximum number.</param>
    /// <param name="genre">Only this genre; null = any.</param>
    /// <param name="fromYear">The first year; 0 = any.</param>
    /// <param name="toYear">The last year; 0 = any.</param>
    IReadOnlyList<LibrarySong> RandomSongs(int most, string? genre = null, int fromYear = 0, int toYear = 0);

    /// <summary>Returns one page of the albums.</summary>
    LibraryPage<LibraryAlbum> Albums(AlbumList list, Walk walk, int offset, int count);

    /// <summary>Returns one page of all songs.</summary>
    LibraryPage<LibrarySong> Songs(SongOrder order, Walk walk, int offset, int count);

    /// <summary>Returns one page of the songs in a genre. The genre's name is matched like an artist's.</summary>
    LibraryPage<LibrarySong> SongsOfGenre(string genre, Walk walk, int offset, int count);

    /// <summary>
    /// Searches. Every word of the query must be a prefix of a word: for songs, in the title, artist or album; for albums, in the name or
    /// artist; for artists, in the name. An empty query matches everything, in a stable order.
    /// </summary>
    LibraryMatches Search(string query, Walk walk, PageRange artists, PageRange albums, PageRange songs);
}

/// <summary>The state of the library.</summary>
/// <param name="Version">Increases with every change.</param>
/// <param name="Songs">The number of songs in lists.</param>
/// <param name="Albums">The number of albums.</param>
/// <param name="AlbumArtists">The number of album artists.</param>
/// <param name="ArtistsModified">When the set of artists last changed; kept across restarts.</param>
/// <param name="IsComplete">Whether the entire catalog has been listed at least once.</param>
/// <param name="Link">The state of the tracker link; null = not known yet.</param>
internal sealed record LibraryState(
    long Version, int Songs, int Albums, int AlbumArtists, DateTimeOffset ArtistsModified, bool IsComplete, Swarm.SwarmLink? Link);

/// <summary>
/// Identifies one client's walk through the pages of one list. All pages of a walk come from one state of the list, in whatever order they
/// are requested. The first request pins the newest state. A second request for offset 0, or ten minutes without a request, starts a new
/// walk.
/// </summary>
/// <param name="Client">The device or session that makes the requests.</param>
/// <param name="Call">The call, with every argument except offset and count. Empty = no walk: always the newest state.</param>
internal readonly record struct Walk(string Client, string Call)
{
    /// <summary>No walk: the newest state.</summary>
    public static readonly Walk None = new("", "");
}

/// <summary>A range of a list.</summary>
internal readonly record struct PageRange(int Offset, int Count);

/// <summary>One page of a list.</summary>
/// <param name="Items">The items; empty past the end.</param>
/// <param name="Total">The length of the entire list.</param>
internal sealed record LibraryPage<T>(IReadOnlyList<T> Items, int Total);

/// <summary>The results of a search, one page of each kind.</summary>
internal sealed record LibraryMatches(
    LibraryPage<LibraryArtist> Artists, LibraryPage<LibraryAlbum> Albums, LibraryPage<LibrarySong> Songs);

/// <summary>The order in which songs are listed.</summary>
internal enum SongOrder
{
    /// <summary>Stable: the order in which this peer first saw the songs.</summary>
    FirstSeen,

    Title,
    Artist,
    Newest,
}

/// <summary>Which albums to list, and in which order.</summary>
/// <param name="Kind">The kind of list.</param>
/// <param name="Genre">With ByGenre: the genre.</param>
/// <param name="FromYear">With ByYear: the first year; greater than <paramref name="ToYear"/> = descending.</param>
/// <param name="ToYear">With ByYear: the last year.</param>
/// <param name="Seed">With Random: the seed of the order.</param>
internal sealed record AlbumList(AlbumListKind Kind, string Genre = "", int FromYear = 0, int ToYear = 0, int Seed = 0);

/// <summary>The kinds of <see cref="AlbumList"/>.</summary>
internal enum AlbumListKind
{
    ByName,
    ByArtist,
    Newest,
    Random,
    ByYear,
    ByGenre,
}
