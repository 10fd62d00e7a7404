using TspActors.Gateway.Library;

namespace TspActors.Gateway.Media;

/// <summary>Finds the songs for the playlists that the gateway serves, such as album/ID.m3u8.</summary>
internal static class PlaylistLists
{
    private const int Page = 1_000;
    private const int MaxFound = 5_000;

    /// <summary>Returns an album's songs; null = there is no such album.</summary>
    public static PlaylistSongs? Album(GatewayComponents components, string id) => components.Library.FindAlbum(id) is { } album
        ? Of($"{album.Artist} - {album.Name}", components.Library.SongsOf(album))
        : null;

    /// <summary>Returns an artist's songs, album by album; null = there is no such artist.</summary>
    public static PlaylistSongs? Artist(GatewayComponents components, string id) => components.Library.FindArtist(id) is { } artist
        ? Of(artist.Name, components.Library.AlbumsOf(artist).SelectMany(album => components.Library.SongsOf(album)))
        : null;

    /// <summary>Returns one song; null = there is no such song.</summary>
    public static PlaylistSongs? Song(GatewayComponents components, string id) => components.Library.FindSong(id) is { } song
        ? Of(song.Title, [song]) : null;

    /// <summary>Returns one of the owner's playlists; null = there is no such playlist.</summary>
    public static PlaylistSongs? Playlist(GatewayComponents components, string id) => components.UserData.FindPlaylist(id) is { } list
        ? new PlaylistSongs(list.Name, list.Entries.Select(entry =>
            new PlaylistSong(entry.SongId, entry.Artist, entry.Title, entry.DurationMs)))
        : null;

    /// <summary>Returns the songs that a search finds.</summary>
    public static PlaylistSongs Search(GatewayComponents components, string query)
    {
        var none = new PageRange(0, 0);
        return Of($"Search: {query}", components.Library.Search(query, Walk.None, none, none, new PageRange(0, MaxFound)).Songs.Items);
    }

    /// <summary>Returns all songs. They are read page by page, all from the same state of the library.</summary>
    public static PlaylistSongs All(GatewayComponents components, string client) => Of("All songs", Pages(components.Library, new Walk(client, "all.m3u8")));

    /// <summary>Returns the live feeds.</summary>
    public static PlaylistSongs Live(GatewayComponents components) =>
        new("Live feeds", components.Feeds.All.Select(feed => new PlaylistSong(feed.Id, "", feed.Name, 0))) { Folder = "live" };

    private static IEnumerable<LibrarySong> Pages(IMusicLibrary library, Walk walk)
    {
        for (var offset = 0; ; offset += Page)
        {
            var page = library.Songs(SongOrder.Artist, walk, offset, Page);
            foreach (var song in page.Items)
                yield return song;
            // A page can contain fewer songs than were requested, because songs can be forgotten during a walk.
            if (offset + Page >= page.Total)
                yield break;
        }
    }

    private static PlaylistSongs Of(string name, IEnumerable<LibrarySong> songs) =>
        new(name, songs.Select(song => new PlaylistSong(song.Id, song.Artist, song.Title, song.DurationMs)));
}

/// <summary>The songs of a playlist, which are read while the playlist is being written.</summary>
internal sealed record PlaylistSongs(string Name, IEnumerable<PlaylistSong> Songs)
{
    /// <summary>The path segment before each entry's id.</summary>
    public string Folder { get; init; } = "song";
}

/// <summary>An entry in a playlist. The artist is empty for a live feed.</summary>
internal readonly record struct PlaylistSong(string Id, string Artist, string Title, long DurationMs);
