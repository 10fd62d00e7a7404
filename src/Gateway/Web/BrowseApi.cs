using System.Text.Json.Nodes;
using Akka.Actor;
using TspActors.Gateway.Library;
using TspActors.Gateway.Swarm;
using TspActors.Protocol;

namespace TspActors.Gateway.Web;

/// <summary>Calls that browse and search.</summary>
internal static class BrowseApi
{
    public static void Map(ApiRoutes api)
    {
        api.Read("state", async call => ApiJson.State(call.Components, await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)));
        api.Read("songs", call => ApiJson.Page(
            call.Components.Library.Songs(OrderOf(call.Query("order")), call.Walk($"songs {call.Query("order")}"), call.Offset, call.Count), call.Offset,
            song => ApiJson.Song(call.Components, song)));
        api.Read("songs/{id}", SongAsync);
        api.Read("albums", Albums);
        api.Read("albums/{id}", call =>
        {
            var album = call.Components.Library.FindAlbum(call.Path("id")) ?? throw ApiCall.NotFound("album");
            var json = ApiJson.Album(call.Components, album);
            json["list"] = ApiJson.List(call.Components.Library.SongsOf(album), song => ApiJson.Song(call.Components, song));
            return json;
        });
        api.Read("artists", Artists);
        api.Read("artists/{id}", call =>
        {
            var artist = call.Components.Library.FindArtist(call.Path("id")) ?? throw ApiCall.NotFound("artist");
            var json = ApiJson.Artist(call.Components, artist);
            json["list"] = ApiJson.List(call.Components.Library.AlbumsOf(artist), album => ApiJson.Album(call.Components, album));
            json["top"] = ApiJson.List(call.Components.Library.SongsOf(artist, 10), song => ApiJson.Song(call.Components, song));
            return json;
        });
        api.Read("genres", call => new JsonObject
        {
            ["items"] = ApiJson.List(call.Components.Library.Genres, genre => new JsonObject
            {
                ["name"] = genre.Name,
                ["songs"] = genre.SongCount,
                ["albums"] = genre.AlbumCount,
            }),
        });
        api.Read("genres/songs", call => ApiJson.Page(
            call.Components.Library.SongsOfGenre(call.Query("name"), call.Walk($"genre {call.Query("name")}"), call.Offset, call.Count), call.Offset,
            song => ApiJson.Song(call.Components, song)));
        api.Read("search", Search);
        api.Read("starred", call => new JsonObject
        {
            ["artists"] = Starred(call, LibraryIds.ArtistPrefix, call.Components.Library.FindArtist, artist => ApiJson.Artist(call.Components, artist)),
            ["albums"] = Starred(call, LibraryIds.AlbumPrefix, call.Components.Library.FindAlbum, album => ApiJson.Album(call.Components, album)),
            ["songs"] = Starred(call, LibraryIds.SongPrefix, call.Components.Library.FindSong, song => ApiJson.Song(call.Components, song)),
        });
        api.Read("random", call => new JsonObject
        {
            ["items"] = ApiJson.List(
                call.Components.Library.RandomSongs(call.Count, call.Query("genre") is { Length: > 0 } genre ? genre : null), song => ApiJson.Song(call.Components, song)),
        });
    }

    private static async Task<JsonNode> SongAsync(ApiCall call)
    {
        var song = call.Components.Library.FindSong(call.Path("id")) ?? throw ApiCall.NotFound("song");
        var json = ApiJson.Song(call.Components, song);
        json["others"] = ApiJson.List(call.Components.Library.OtherEncodings(song), other => ApiJson.Song(call.Components, other));
        var hosts = song.IsAway
            ? new SongHosts([])
            : await call.Components.Peer.Ask<SongHosts>(new GetSongHosts(song.TrackerId), ApiJson.Deadline).ConfigureAwait(false);
        var own = (await ApiJson.ReportAsync(call.Components).ConfigureAwait(false)).PeerId;
        json["hostList"] = ApiJson.List(hosts.Hosts.Take(200).Select(host => Describe(call.Components, host, own)).OfType<JsonObject>(), host => host);
        return json;
    }

    private static JsonObject? Describe(GatewayComponents components, Host host, string own)
    {
        if (LibraryPeer.Of(host) is not { } peer)
            return null;
        var id = peer.Id.ToString();
        var json = new JsonObject
        {
            ["name"] = peer.Name,
            ["address"] = host.Address,
            ["port"] = host.Port,
            ["reachable"] = peer.IsReachable,
            ["callable"] = peer.IsCallable,
            ["secure"] = peer.IsSecure,
            ["active"] = peer.ActiveStreams,
            ["max"] = peer.MaxStreams,
            ["own"] = id == own,
        };
        // The catalog does not name every host of a song, so this host may be missing from the list of peers.
        if (components.Sharing.Find(peer.Id) is not null)
            json["id"] = id;
        return json;
    }

    private static JsonNode Albums(ApiCall call)
    {
        var order = call.Query("order");
        var page = order switch
        {
            "starred" => Known(call, call.Components.UserData.Starred(LibraryIds.AlbumPrefix)),
            "recent" => Known(call, call.Components.UserData.RecentAlbums()),
            "frequent" => Known(call, call.Components.UserData.FrequentAlbums()),
            "rated" => Known(call, call.Components.UserData.HighestRatedAlbums()),
            _ => call.Components.Library.Albums(ListOf(call, order), call.Walk($"albums {call.Context.Request.Query["order"]} {call.Query("genre")} {call.Query("from")} {call.Query("to")}"), call.Offset, call.Count),
        };
        return ApiJson.Page(page, call.Offset, album => ApiJson.Album(call.Components, album));
    }

    private static AlbumList ListOf(ApiCall call, string order)
    {
        if (call.Query("genre") is { Length: > 0 } genre)
            return new AlbumList(AlbumListKind.ByGenre, genre);
        if (call.Query("from").Length > 0 || call.Query("to").Length > 0)
            return new AlbumList(AlbumListKind.ByYear, FromYear: call.Number("from", 0), ToYear: call.Number("to", 9_999));
        return new AlbumList(order switch
        {
            "artist" => AlbumListKind.ByArtist,
            "newest" => AlbumListKind.Newest,
            "random" => AlbumListKind.Random,
            _ => AlbumListKind.ByName,
        }, Seed: (int)(call.Components.Time.GetUtcNow().ToUnixTimeSeconds() / 600));
    }

    private static LibraryPage<LibraryAlbum> Known(ApiCall call, IReadOnlyList<string> ids)
    {
        var albums = ids.Select(call.Components.Library.FindAlbum).OfType<LibraryAlbum>().ToList();
        return new LibraryPage<LibraryAlbum>([.. albums.Skip(call.Offset).Take(call.Count)], albums.Count);
    }

    private static JsonNode Artists(ApiCall call)
    {
        var artists = call.Components.Library.AlbumArtists;
        var json = ApiJson.Page(
            new LibraryPage<LibraryArtist>([.. artists.Skip(call.Offset).Take(call.Count)], artists.Count), call.Offset,
            artist => ApiJson.Artist(call.Components, artist));
        json["headings"] = ApiJson.List(
            artists.Index().DistinctBy(artist => artist.Item.Heading).Take(200),
            artist => new JsonObject { ["name"] = artist.Item.Heading, ["offset"] = artist.Index });
        return json;
    }

    private static JsonNode Search(ApiCall call)
    {
        var query = call.Query("q");
        var songOffset = call.Number("songOffset", 0);
        var found = call.Components.Library.Search(
            query, Walk.None, new PageRange(0, call.Number("artists", 5, 100)), new PageRange(0, call.Number("albums", 8, 100)),
            new PageRange(songOffset, call.Number("songs", 30, 500)));
        return new JsonObject
        {
            ["query"] = query,
            ["artists"] = ApiJson.Page(found.Artists, 0, artist => ApiJson.Artist(call.Components, artist)),
            ["albums"] = ApiJson.Page(found.Albums, 0, album => ApiJson.Album(call.Components, album)),
            ["songs"] = ApiJson.Page(found.Songs, songOffset, song => ApiJson.Song(call.Components, song)),
        };
    }

    private static JsonArray Starred<T>(ApiCall call, string prefix, Func<string, T?> find, Func<T, JsonObject> convert)
        where T : class => ApiJson.List(call.Components.UserData.Starred(prefix).Take(2_000).Select(find).OfType<T>(), convert);

    private static SongOrder OrderOf(string order) => order switch
    {
        "artist" => SongOrder.Artist,
        "newest" => SongOrder.Newest,
        "firstSeen" => SongOrder.FirstSeen,
        _ => SongOrder.Title,
    };
}
