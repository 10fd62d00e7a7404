namespace TspActors.Gateway.Storage;

/// <summary>
/// The owner's stars, ratings, play counts, playlists, play queue and bookmarks, keyed by the ids of songs, albums and artists. Reads come
/// from memory; writes are durable when the call returns. Thread-safe.
/// </summary>
/// <remarks>A setting limits the length of each list. A write that would exceed the limit throws
/// <see cref="UserDataFullException"/>.</remarks>
internal interface IUserData
{
    /// <summary>Increases with every change.</summary>
    long Version { get; }

    /// <summary>Returns the marks of a song, album or artist.</summary>
    Marks MarksOf(string id);

    void Star(IReadOnlyList<string> ids, DateTimeOffset at);

    void Unstar(IReadOnlyList<string> ids);

    /// <summary>Sets or removes a rating.</summary>
    /// <param name="id">The id of a song, album or artist.</param>
    /// <param name="rating">1 to 5; 0 removes the rating.</param>
    void Rate(string id, int rating);

    /// <summary>Counts plays of songs, and of the albums that they are on.</summary>
    void CountPlays(IReadOnlyList<Play> plays);

    /// <summary>Returns the starred ids with this prefix (tr-, al- or ar-), newest first.</summary>
    IReadOnlyList<string> Starred(string prefix);

    /// <summary>Returns the ids of the rated albums, highest rating first.</summary>
    IReadOnlyList<string> HighestRatedAlbums();

    /// <summary>Returns the ids of the played albums, most plays first.</summary>
    IReadOnlyList<string> FrequentAlbums();

    /// <summary>Returns the ids of the played albums, most recently played first.</summary>
    IReadOnlyList<string> RecentAlbums();

    /// <summary>All playlists, sorted by name.</summary>
    IReadOnlyList<Playlist> Playlists { get; }

    Playlist? FindPlaylist(string id);

    /// <summary>Creates a playlist and returns it.</summary>
    Playlist CreatePlaylist(string name, IReadOnlyList<PlaylistEntry> entries);

    /// <summary>Changes a playlist. A null argument leaves the current value unchanged.</summary>
    /// <param name="id">The id of the playlist.</param>
    /// <param name="name">The new name.</param>
    /// <param name="comment">The new comment.</param>
    /// <param name="isPublic">Whether it is public.</param>
    /// <param name="entries">Returns the new entries, given the current ones. Other changes wait for this function, so it must be
    ///   fast.</param>
    /// <returns>The changed playlist; null if there is none with this id.</returns>
    Playlist? ChangePlaylist(string id, string? name = null, string? comment = null, bool? isPublic = null,
        Func<IReadOnlyList<PlaylistEntry>, IReadOnlyList<PlaylistEntry>>? entries = null);

    /// <summary>Deletes a playlist.</summary>
    /// <returns>False if there is no such playlist.</returns>
    bool DeletePlaylist(string id);

    /// <summary>The saved play queue; null = none.</summary>
    PlayQueue? Queue { get; }

    /// <summary>Saves the play queue; null clears it.</summary>
    void SaveQueue(PlayQueue? queue);

    /// <summary>All bookmarks, newest first.</summary>
    IReadOnlyList<Bookmark> Bookmarks { get; }

    void SaveBookmark(Bookmark bookmark);

    void DeleteBookmark(string songId);
}

/// <summary>The owner's star and rating for a song, album or artist, and how often it has been played.</summary>
/// <param name="Starred">When it was starred; null = not starred.</param>
/// <param name="Rating">1 to 5; 0 = none.</param>
/// <param name="PlayCount">The number of times it has been played.</param>
/// <param name="Played">When it was last played; null = never.</param>
internal readonly record struct Marks(DateTimeOffset? Starred, int Rating, int PlayCount, DateTimeOffset? Played);

/// <summary>One play of a song.</summary>
/// <param name="SongId">The song.</param>
/// <param name="AlbumId">The album that it is on.</param>
/// <param name="At">When it was played.</param>
internal readonly record struct Play(string SongId, string AlbumId, DateTimeOffset At);

/// <summary>A playlist. Immutable.</summary>
internal sealed record Playlist(
    string Id, string Name, string Comment, bool IsPublic, DateTimeOffset Created, DateTimeOffset Changed,
    IReadOnlyList<PlaylistEntry> Entries);

/// <summary>A song in a playlist. Its tags and duration are remembered, so the playlist can still show the song once it is gone.</summary>
internal sealed record PlaylistEntry(string SongId, string Title, string Artist, string Album, long DurationMs)
{
    /// <summary>
    /// Returns the entries of a playlist that consists of these songs. Songs that were in the playlist before keep their remembered title
    /// and artist, because the songs may be gone.
    /// </summary>
    /// <param name="former">The former entries.</param>
    /// <param name="songIds">The songs.</param>
    /// <param name="create">Returns the entry for a song that was not in the playlist.</param>
    public static IReadOnlyList<PlaylistEntry> Reorder(
        IReadOnlyList<PlaylistEntry> former, IReadOnlyList<string> songIds, Func<string, PlaylistEntry> create)
    {
        var known = former.DistinctBy(entry => entry.SongId).ToDictionary(entry => entry.SongId, StringComparer.Ordinal);
        return [.. songIds.Select(id => known.TryGetValue(id, out var entry) ? entry : create(id))];
    }
}

/// <summary>A saved play queue.</summary>
/// <param name="SongIds">The songs in order; ids may repeat.</param>
/// <param name="CurrentIndex">The index of the current song; null = none.</param>
/// <param name="PositionMs">The position in the current song.</param>
/// <param name="Changed">When it was saved.</param>
/// <param name="ChangedBy">The client that saved it.</param>
internal sealed record PlayQueue(
    IReadOnlyList<string> SongIds, int? CurrentIndex, long PositionMs, DateTimeOffset Changed, string ChangedBy);

/// <summary>A saved position in a song, from which to continue.</summary>
internal sealed record Bookmark(string SongId, long PositionMs, string Comment, DateTimeOffset Created, DateTimeOffset Changed);

/// <summary>Thrown when a list of the owner's data is full. The message names the list and the setting that limits it.</summary>
internal sealed class UserDataFullException(string message) : Exception(message);
