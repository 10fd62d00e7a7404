namespace TspActors.Gateway.Library;

/// <summary>
/// The songs that share an album name and have no album artist. The group decides whether they are one album by various
/// artists, or one album per artist.
/// </summary>
/// <remarks>
/// The decision is made when songs are added, never when they leave, and it changes only on clear evidence, so album ids remain stable.
/// </remarks>
internal sealed class AlbumGroup
{
    /// <summary>The two possible decisions, as stored across restarts.</summary>
    public const string Various = "various";
    public const string PerArtist = "artists";

    // If one artist has more than this percentage of the songs, the songs are not an album by various artists.
    private const int MainArtistPercent = 60;

    // Placing many songs again takes a long time, and more songs than this with the same album name are unlikely to be one album.
    private const int MostPlaced = 2_000;

    private readonly LibraryTables _tables;
    private IntList _songs;
    private int _nextDecision = 2;

    /// <param name="tables">The tables that contain the group's songs.</param>
    /// <param name="remembered">The remembered decision; null = none.</param>
    public AlbumGroup(LibraryTables tables, string? remembered) =>
        (_tables, Decision, IsVarious) = (tables, remembered, remembered == Various);

    /// <summary>Whether the songs are one album by various artists.</summary>
    public bool IsVarious { get; private set; }

    /// <summary>The decision to remember; null = none has been made yet.</summary>
    public string? Decision { get; private set; }

    /// <summary>The songs.</summary>
    public SongList Songs => new(_tables, _songs);

    /// <summary>Adds a song.</summary>
    /// <returns>Whether the decision has changed. If so, all songs have to be placed again.</returns>
    public bool Add(SongEntry song)
    {
        _tables.Lists.Add(ref _songs, song.Ordinal);
        // A decision considers all songs, so a large group decides again only after it has grown noticeably.
        if (_songs.Count < _nextDecision || _songs.Count > MostPlaced)
            return false;
        _nextDecision = Math.Max(_songs.Count + 1, _songs.Count * 5 / 4);
        return Decide();
    }

    /// <summary>Removes a song.</summary>
    public void Remove(SongEntry song) => _tables.Lists.Remove(ref _songs, song.Ordinal);

    /// <summary>Replaces the songs' ordinals with the new ones.</summary>
    public void Renumber(Renumbering numbers) => _songs = numbers.OfSongs(_songs);

    private bool Decide()
    {
        var songs = Songs;
        var artists = songs.GroupBy(song => ArtistNames.Primary(song.Artist.Key)).Select(group => group.Count()).ToList();
        if (artists.Count < 2)
            return false;
        var places = songs.Where(song => song.Track > 0).GroupBy(song => (song.Disc, song.Track)).ToList();
        var collisions = places.Sum(place => place.Count() - 1);
        var known = places.Sum(place => place.Count());
        var isVarious = IsVarious
            // An earlier decision changes only on clear evidence.
            ? collisions * 2 <= Math.Max(1, known)
            : artists.Max() * 100 <= _songs.Count * MainArtistPercent && collisions * 4 <= known;
        // Albums that were split by artist are not merged while some of the songs have no track number.
        if (!IsVarious && isVarious && Decision == PerArtist && known < _songs.Count)
            isVarious = false;
        var hasChanged = isVarious != IsVarious;
        IsVarious = isVarious;
        Decision = isVarious ? Various : PerArtist;
        return hasChanged;
    }
}
