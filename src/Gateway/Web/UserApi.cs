using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Web;

/// <summary>API calls for the owner's stars, ratings, playlists and queue.</summary>
internal static class UserApi
{
    // The maximum number of queued songs that the page shows. It keeps only the ids of the songs before and after them.
    private const int MaxShown = 5_000;

    public static void Map(ApiRoutes api)
    {
        api.Change("POST", "star", call => WithBodyAsync(call, body =>
        {
            call.Components.UserData.Star(MarkableIds(call, body), call.Components.Time.GetUtcNow());
            return null;
        }));
        api.Change("POST", "unstar", call => WithBodyAsync(call, body =>
        {
            call.Components.UserData.Unstar(MarkableIds(call, body));
            return null;
        }));
        api.Change("POST", "rate", call => WithBodyAsync(call, body =>
        {
            var rating = Number(body, "rating") is { } number and >= 0 and <= 5 ? (int)number : throw Invalid("the rating must be 0 to 5");
            var id = Text(body, "id") ?? throw Invalid("the id is missing");
            if (IsMarkable(call, id))
                call.Components.UserData.Rate(id, rating);
            return null;
        }));
        api.Change("POST", "played", call => WithBodyAsync(call, body =>
        {
            if (Text(body, "id") is { } id && call.Components.Library.FindSong(id) is { } song)
                call.Components.UserData.CountPlays([new Play(song.Id, song.AlbumId, call.Components.Time.GetUtcNow())]);
            return null;
        }));
        MapPlaylists(api);
        api.Read("queue", call =>
        {
            var queue = call.Components.UserData.Queue;
            var ids = queue?.SongIds ?? [];
            var offset = Math.Clamp((queue?.CurrentIndex ?? 0) - MaxShown / 2, 0, Math.Max(0, ids.Count - MaxShown));
            var json = new JsonObject
            {
                ["ids"] = ApiJson.List(ids, id => id),
                ["offset"] = offset,
                // Unknown songs are listed too, because they may become known later, for example when the tracker replies for the first
                // time after a start.
                ["list"] = ApiJson.List(ids.Skip(offset).Take(MaxShown), id => ApiJson.Entry(
                    call.Components, new PlaylistEntry(id, "[Unknown]", ArtistNames.Unknown, ArtistNames.NoAlbum, 0))),
                ["positionMs"] = queue?.PositionMs ?? 0,
            };
            if (queue?.CurrentIndex is { } index)
                json["index"] = index;
            if (queue is not null)
                (json["changed"], json["changedBy"]) = (ApiJson.Time(queue.Changed), queue.ChangedBy);
            return json;
        });
        api.Change("PUT", "queue", call => WithBodyAsync(call, body =>
        {
            var ids = Ids(body);
            var index = (int?)Number(body, "index");
            call.Components.UserData.SaveQueue(ids.Count == 0 ? null : new PlayQueue(
                ids, index >= 0 && index < ids.Count ? index : null, Math.Max(0, Number(body, "positionMs") ?? 0),
                DateTimeOffset.FromUnixTimeSeconds(call.Components.Time.GetUtcNow().ToUnixTimeSeconds()), call.Caller.Device));
            return null;
        }));
    }

    private static void MapPlaylists(ApiRoutes api)
    {
        api.Read("playlists", call => new JsonObject { ["items"] = ApiJson.List(call.Components.UserData.Playlists, ApiJson.Playlist) });
        api.Change("POST", "playlists", call => WithBodyAsync(call, body => ApiJson.Playlist(call.Components.UserData.CreatePlaylist(
            Text(body, "name") ?? throw Invalid("the name is missing"), [.. Ids(body).Select(id => EntryOf(call, id))]))));
        api.Read("playlists/{id}", call =>
        {
            var playlist = call.Components.UserData.FindPlaylist(call.Path("id")) ?? throw ApiCall.NotFound("playlist");
            var json = ApiJson.Playlist(playlist);
            json["list"] = ApiJson.List(playlist.Entries, entry => ApiJson.Entry(call.Components, entry));
            return json;
        });
        api.Change("PUT", "playlists/{id}", call => WithBodyAsync(call, body =>
        {
            var wanted = Ids(body);
            return ApiJson.Playlist(call.Components.UserData.ChangePlaylist(
                call.Path("id"), Text(body, "name"), Text(body, "comment"), entries: body.ContainsKey("ids") ? Reorder : null)
                    ?? throw ApiCall.NotFound("playlist"));

            IReadOnlyList<PlaylistEntry> Reorder(IReadOnlyList<PlaylistEntry> entries) =>
                PlaylistEntry.Reorder(entries, wanted, id => EntryOf(call, id));
        }));
        api.Change("DELETE", "playlists/{id}", call => call.Components.UserData.DeletePlaylist(call.Path("id"))
            ? Task.FromResult<JsonNode?>(null)
            : throw ApiCall.NotFound("playlist"));
        api.Change("POST", "playlists/{id}/songs", call => WithBodyAsync(call, body =>
        {
            var added = Ids(body).Select(id => EntryOf(call, id)).ToList();
            return ApiJson.Playlist(call.Components.UserData.ChangePlaylist(call.Path("id"), entries: entries => [.. entries, .. added])
                ?? throw ApiCall.NotFound("playlist"));
        }));
    }

    private static async Task<JsonNode?> WithBodyAsync(ApiCall call, Func<JsonObject, JsonNode?> work) =>
        work(await ApiEndpoints.ReadAsync(call.Context).ConfigureAwait(false));

    private static PlaylistEntry EntryOf(ApiCall call, string id) => EntryOf(id, call.Components.Library.FindSong(id));

    private static PlaylistEntry EntryOf(string id, LibrarySong? song) => song is not null
        ? new PlaylistEntry(song.Id, song.Title, song.Artist, song.Album, song.DurationMs)
        : throw Invalid("there is no song with the id " + ShownText.Clean(id));

    private static List<string> MarkableIds(ApiCall call, JsonObject body) => [.. Ids(body).Where(id => IsMarkable(call, id))];

    private static bool IsMarkable(ApiCall call, string id) =>
        call.Components.Library.FindSong(id) is not null || call.Components.Library.FindAlbum(id) is not null
            || call.Components.Library.FindArtist(id) is not null || call.Components.UserData.MarksOf(id) != default;

    private static List<string> Ids(JsonObject body) => body["ids"] is JsonArray array
        ? [.. array.OfType<JsonValue>().Select(value => value.TryGetValue<string>(out var id) && id.Length <= LibraryIds.MaxLength ? id : "").Where(id => id.Length > 0)]
        : [];

    private static string? Text(JsonObject body, string key) =>
        body[key] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static long? Number(JsonObject body, string key) =>
        body[key] is JsonValue value && value.TryGetValue<double>(out var number) && Math.Abs(number) < 1e15 ? (long)number : null;

    private static ApiException Invalid(string text) => new(StatusCodes.Status400BadRequest, text);
}
