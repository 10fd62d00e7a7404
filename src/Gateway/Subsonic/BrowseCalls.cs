using TspActors.Gateway.Library;

namespace TspActors.Gateway.Subsonic;

/// <summary>Calls that browse artists, albums and songs.</summary>
internal static class BrowseCalls
{
    private const string IgnoredArticles = "The El La Los Las Le Les";

    public static Element Artists(Api api, SubsonicRequest request) => Index(api, new Element("artists"), artist => api.Entities.Artist(artist));

    public static Element Indexes(Api api, SubsonicRequest request) =>
        request.Long("ifModifiedSince") >= api.Library.State.ArtistsModified.ToUnixTimeMilliseconds()
            ? new Element("indexes").Set("lastModified", Modified(api)).Set("ignoredArticles", IgnoredArticles).AddList("index", []).AddList("child", [])
            : Index(api, new Element("indexes"), api.Entities.ArtistFolder).AddList("child", []);

    public static Element Artist(Api api, SubsonicRequest request)
    {
        var artist = api.Artist(request.Required("id"));
        var albums = api.Library.AlbumsOf(artist);
        return api.Entities.Artist(artist with { AlbumCount = albums.Count }, albums);
    }

    public static Element Album(Api api, SubsonicRequest request)
    {
        var album = api.Album(request.Required("id"));
        var songs = api.Library.SongsOf(album);
        return api.Entities.Album(album with { SongCount = songs.Count }, songs);
    }

    public static Element Song(Api api, SubsonicRequest request) => api.Entities.Song("song", api.Song(request.Required("id")));

    public static Element Directory(Api api, SubsonicRequest request)
    {
        var id = request.Required("id");
        if (id == "0")
        {
            return new Element("directory").Set("id", id).Set("name", "Whole swarm").AddList("child", api.Library.AlbumArtists.Select(artist =>
                new Element("child").Set("id", artist.Id).Set("parent", id).Set("isDir", true).Set("title", artist.Name).Set("artist", artist.Name)));
        }

        if (id.StartsWith(LibraryIds.ArtistPrefix, StringComparison.Ordinal))
        {
            var artist = api.Artist(id);
            return new Element("directory").Set("id", id).Set("parent", "0").Set("name", artist.Name)
                .Set("starred", api.UserData.MarksOf(id).Starred)
                .AddList("child", api.Library.AlbumsOf(artist).Select(album => api.Entities.AlbumFolder("child", album)));
        }

        var folder = api.Album(id);
        return new Element("directory").Set("id", id).Set("parent", folder.ArtistId).Set("name", folder.Name)
            .Set("starred", api.UserData.MarksOf(id).Starred)
            .AddList("child", api.Library.SongsOf(folder).Select(song => api.Entities.Song("child", song)));
    }

    public static Element Genres(Api api, SubsonicRequest request) => new Element("genres").AddList("genre", api.Library.Genres.Select(genre =>
        new Element("genre") { Text = genre.Name }.Set("songCount", genre.SongCount).Set("albumCount", genre.AlbumCount)));

    // The time is in whole seconds, but the artists may change again within the same second. Until that second is over, clients receive an
    // earlier time, so that their next request returns the entire list.
    private static long Modified(Api api)
    {
        var modified = api.Library.State.ArtistsModified.ToUnixTimeMilliseconds();
        return modified < 1_000 * (api.Components.Time.GetUtcNow().ToUnixTimeMilliseconds() / 1_000) ? modified : modified - 1_000;
    }

    private static Element Index(Api api, Element wrapper, Func<LibraryArtist, Element> convert) => wrapper
        .Set("lastModified", Modified(api), wrapper.Name == "indexes" ? FieldKind.Classic : FieldKind.JsonOnly)
        .Set("ignoredArticles", IgnoredArticles)
        .AddList("index", api.Library.AlbumArtists.GroupBy(artist => artist.Heading).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => new Element("index").Set("name", group.Key).AddList("artist", group.Select(convert))));
}
