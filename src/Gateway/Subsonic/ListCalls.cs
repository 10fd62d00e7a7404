using System.Globalization;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Subsonic;

/// <summary>Calls that list albums and songs.</summary>
internal static class ListCalls
{
    private const int MaxSearchPage = 5_000;
    private const int Minutes = 10;

    public static Element AlbumList2(Api api, SubsonicRequest request) =>
        new Element("albumList2").AddList("album", Albums(api, request).Select(album => api.Entities.Album(album)));

    public static Element AlbumList(Api api, SubsonicRequest request) =>
        new Element("albumList").AddList("album", Albums(api, request).Select(album => api.Entities.AlbumFolder("album", album)));

    public static Element RandomSongs(Api api, SubsonicRequest request) => new Element("randomSongs").AddList("song", api.Library.RandomSongs(
        request.Size("size", 10), request.Text("genre"), request.Number("fromYear", 0), request.Number("toYear", 0))
        .Select(song => api.Entities.Song("song", song)));

    public static Element SongsByGenre(Api api, SubsonicRequest request)
    {
        var genre = request.Required("genre");
        var page = api.Library.SongsOfGenre(
            genre, Api.WalkOf(request, $"getSongsByGenre {genre}"), request.Offset("offset"), request.Size("count", 10));
        return new Element("songsByGenre").AddList("song", page.Items.Select(song => api.Entities.Song("song", song)));
    }

    public static Element Search3(Api api, SubsonicRequest request)
    {
        var found = Search(api, request, "search3");
        return new Element("searchResult3")
            .AddList("artist", found.Artists.Items.Select(artist => api.Entities.Artist(artist)))
            .AddList("album", found.Albums.Items.Select(album => api.Entities.Album(album)))
            .AddList("song", found.Songs.Items.Select(song => api.Entities.Song("song", song)));
    }

    public static Element Search2(Api api, SubsonicRequest request)
    {
        var found = Search(api, request, "search2");
        return new Element("searchResult2")
            .AddList("artist", found.Artists.Items.Select(api.Entities.ArtistFolder))
            .AddList("album", found.Albums.Items.Select(album => api.Entities.AlbumFolder("album", album)))
            .AddList("song", found.Songs.Items.Select(song => api.Entities.Song("song", song)));
    }

    public static Element Starred2(Api api, SubsonicRequest request) => new Element("starred2")
        .AddList("artist", Starred(api, LibraryIds.ArtistPrefix, api.Library.FindArtist).Select(artist => api.Entities.Artist(artist)))
        .AddList("album", Starred(api, LibraryIds.AlbumPrefix, api.Library.FindAlbum).Select(album => api.Entities.Album(album)))
        .AddList("song", Starred(api, LibraryIds.SongPrefix, api.Library.FindSong).Select(song => api.Entities.Song("song", song)));

    public static Element Starred(Api api, SubsonicRequest request) => new Element("starred")
        .AddList("artist", Starred(api, LibraryIds.ArtistPrefix, api.Library.FindArtist).Select(api.Entities.ArtistFolder))
        .AddList("album", Starred(api, LibraryIds.AlbumPrefix, api.Library.FindAlbum).Select(album => api.Entities.AlbumFolder("album", album)))
        .AddList("song", Starred(api, LibraryIds.SongPrefix, api.Library.FindSong).Select(song => api.Entities.Song("song", song)));

    public static Func<Api, SubsonicRequest, Element?> SimilarSongs(string wrapper) => (api, request) =>
    {
        var id = request.Required("id");
        var count = request.Size("count", 50);
        var artist = api.Library.FindSong(id)?.ArtistId ?? api.Library.FindAlbum(id)?.ArtistId ?? id;
        var genre = api.Library.FindSong(id)?.Genre ?? api.Library.FindAlbum(id)?.Genre;
        var own = api.Library.FindArtist(artist) is { } known ? api.Library.SongsOf(known, count / 2 + 1) : [];
        var songs = own.Concat(genre is { Length: > 0 } ? api.Library.RandomSongs(count, genre) : [])
            .Where(song => song.Id != id).DistinctBy(song => song.Id).Take(count);
        return new Element(wrapper).AddList("song", songs.Select(song => api.Entities.Song("song", song)));
    };

    public static Element TopSongs(Api api, SubsonicRequest request)
    {
        var artist = request.Text("id") is { } id ? api.Library.FindArtist(id) : api.Library.FindArtistByName(request.Required("artist"));
        IEnumerable<LibrarySong> songs = artist is null ? [] : api.Library.SongsOf(artist, int.MaxValue)
            .OrderByDescending(song => song.HostCount).ThenByDescending(song => api.UserData.MarksOf(song.Id).PlayCount)
            .Take(request.Size("count", 50));
        return new Element("topSongs").AddList("song", songs.Select(song => api.Entities.Song("song", song)));
    }

    private static IEnumerable<T> Starred<T>(Api api, string prefix, Func<string, T?> find)
        where T : class => api.UserData.Starred(prefix).Select(find).OfType<T>();

    private static LibraryMatches Search(Api api, SubsonicRequest request, string call)
    {
        var query = request.Text("query") ?? "";
        return api.Library.Search(
            query, Api.WalkOf(request, $"{call} {query}"), Range("artist"), Range("album"), Range("song"));

        PageRange Range(string what) => new(request.Offset($"{what}Offset"), request.Size($"{what}Count", 20, MaxSearchPage));
    }

    private static IReadOnlyList<LibraryAlbum> Albums(Api api, SubsonicRequest request)
    {
        var (offset, size) = (request.Offset("offset"), request.Size("size", 10));
        var type = request.Required("type");
        var list = type switch
        {
            "alphabeticalByName" => new AlbumList(AlbumListKind.ByName),
            "alphabeticalByArtist" => new AlbumList(AlbumListKind.ByArtist),
            "newest" => new AlbumList(AlbumListKind.Newest),
            "random" => new AlbumList(AlbumListKind.Random, Seed: SeedOf(api, request)),
            "byYear" => new AlbumList(AlbumListKind.ByYear, FromYear: Year("fromYear"), ToYear: Year("toYear")),
            "byGenre" => new AlbumList(AlbumListKind.ByGenre, Genre: request.Required("genre")),
            "starred" or "highest" or "frequent" or "recent" => null,
            _ => throw new SubsonicException(SubsonicError.Generic, $"there is no album list of type {type}"),
        };
        var page = list is null
            ? Known(api, type, offset, size)
            // A walk keeps its order, even if the seed for new walks has changed since then.
            : api.Library.Albums(list, Api.WalkOf(request, $"albums {list with { Seed = 0 }}"), offset, size);
        request.Context.Response.Headers["X-Total-Count"] = page.Total.ToString(CultureInfo.InvariantCulture);
        return page.Items;

        int Year(string key) => (int)(request.Long(key) is >= 0 and <= 9_999 and var year
            ? year
            : throw new SubsonicException(SubsonicError.MissingParameter, $"the {key} parameter is missing"));
    }

    private static LibraryPage<LibraryAlbum> Known(Api api, string type, int offset, int size)
    {
        var ids = type switch
        {
            "starred" => api.UserData.Starred(LibraryIds.AlbumPrefix),
            "highest" => api.UserData.HighestRatedAlbums(),
            "frequent" => api.UserData.FrequentAlbums(),
            _ => api.UserData.RecentAlbums(),
        };
        var albums = ids.Select(api.Library.FindAlbum).OfType<LibraryAlbum>().ToList();
        return new LibraryPage<LibraryAlbum>([.. albums.Skip(offset).Take(size)], albums.Count);
    }

    // The order stays the same for ten minutes, so that no album appears on two pages of one list.
    private static int SeedOf(Api api, SubsonicRequest request) => HashCode.Combine(
        string.GetHashCode(request.Caller.DeviceId, StringComparison.Ordinal), api.Components.Time.GetUtcNow()
            .ToUnixTimeSeconds() / (60 * Minutes));
}
