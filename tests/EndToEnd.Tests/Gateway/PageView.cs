using System.Text.Json;

namespace TspActors.EndToEnd.Tests.Gateway;

/// <summary>A view of the page.</summary>
/// <param name="Hash">Its address.</param>
/// <param name="Shows">A selector for an element that the view shows when it is complete.</param>
public sealed record PageView(string Hash, string Shows)
{
    /// <summary>Fills the owner's stars, playlists and queue, and returns all views.</summary>
    public static async Task<IReadOnlyList<PageView>> AllAsync(GatewayProgram gateway)
    {
        var found = await gateway.CallAsync("search3", "query=%22%22&songCount=100&albumCount=0&artistCount=0");
        var songs = found.GetProperty("searchResult3").GetProperty("song").EnumerateArray()
            .ToDictionary(song => song.GetProperty("title").GetString()!);
        var first = songs[PageSongs.Ordinary[0]];
        var (song, album, artist) = (Id(first, "id"), Id(first, "albumId"), Id(first, "artistId"));
        var hostile = PageSongs.Hostile.Select(each => songs[each.Shown]).ToList();
        await gateway.CallAsync("star", $"id={song}&albumId={album}&artistId={artist}");
        var ids = songs.Values.Select(each => Id(each, "id")).ToList();
        await gateway.CallAsync("savePlayQueue", $"{string.Join('&', ids.Select(id => $"id={id}"))}&current={song}");
        await gateway.CallAsync("createPlaylist", $"name=Favourites&{string.Join('&', ids.Select(id => $"songId={id}"))}");
        var peers = (await gateway.ReadPageApiAsync("peers")).GetProperty("items");
        var playlists = (await gateway.CallAsync("getPlaylists")).GetProperty("playlists").GetProperty("playlist");
        return
        [
            new("#/", "tr.song"), new("#/albums", "li.card"), new("#/albums?order=starred", "li.card"), new($"#/album/{album}", "tr.song"),
            .. hostile.Select(each => new PageView($"#/album/{Id(each, "albumId")}", "tr.song")),
            new("#/artists", "li.card"), new($"#/artist/{artist}", "li.card"), new("#/songs", "tr.song"), new("#/genres", ".chips a"),
            new("#/genre/Jazz", "tr.song"), new("#/playlists", "li.card"), new($"#/playlist/{Id(playlists[0], "id")}", "tr.song"),
            new("#/starred", "tr.song"), new("#/queue", "tr.song"), new("#/search?q=", "p"), new("#/search?q=e", "tr.song"),
            new($"#/song/{song}", "h2"), .. hostile.Select(each => new PageView($"#/song/{Id(each, "id")}", "h2")),
            new("#/transfers", "h2"), new("#/status", "form"), new("#/help", "code"), new("#/live", "tr.station"),
            new("#/peers", "tr.peer"), new($"#/peer/{Id(peers[0], "id")}", "tr.song"),
        ];
    }

    private static string Id(JsonElement item, string name) => item.GetProperty(name).GetString()!;
}
