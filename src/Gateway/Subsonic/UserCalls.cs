using System.Globalization;
using TspActors.Gateway.Library;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Subsonic;

/// <summary>Calls that read and change the owner's stars, ratings, playlists, queue and bookmarks.</summary>
internal static class UserCalls
{
    public static Element? Star(Api api, SubsonicRequest request)
    {
        api.UserData.Star([.. Ids(request).Where(id => IsKnown(api, id))], api.Components.Time.GetUtcNow());
        return null;
    }

    public static Element? Unstar(Api api, SubsonicRequest request)
    {
        api.UserData.Unstar(Ids(request));
        return null;
    }

    public static Element? SetRating(Api api, SubsonicRequest request)
    {
        if (request.Long("rating") is not (>= 0 and <= 5 and var rating))
            throw new SubsonicException(SubsonicError.MissingParameter, "the rating must be 0 to 5");
        var id = request.Required("id");
        if (IsKnown(api, id))
            api.UserData.Rate(id, (int)rating);
        return null;
    }

    public static Element? Scrobble(Api api, SubsonicRequest request)
    {
        var ids = request.All("id");
        if (ids.Count == 0)
            throw new SubsonicException(SubsonicError.MissingParameter, "the id parameter is missing");
        var times = request.All("time");
        var songs = ids.Select((id, index) => (Song: api.Library.FindSong(id), Time: times.ElementAtOrDefault(index)))
            .Where(play => play.Song is not null).ToList();
        if (request.Flag("submission") == false)
        {
            foreach (var (song, _) in songs)
                api.NowPlaying.Plays(request.Caller.Device, ClientOf(request), song!.Id);
        }
        else
        {
            var now = api.Components.Time.GetUtcNow();
            api.UserData.CountPlays([.. songs.Select(play => new Play(play.Song!.Id, play.Song.AlbumId, TimeOf(play.Time) ?? now))]);
        }

        return null;
    }

    public static Element NowPlaying(Api api, SubsonicRequest request) => new Element("nowPlaying").AddList("entry", api.NowPlaying.Entries
        .Select(entry => (Entry: entry, Song: api.Library.FindSong(entry.SongId))).Where(entry => entry.Song is not null)
        .Select((playing, index) => api.Entities.Song("entry", playing.Song!)
            .Set("username", api.User).Set("minutesAgo", (long)(api.Components.Time.GetUtcNow() - playing.Entry.At).TotalMinutes)
            .Set("playerId", index + 1).Set("playerName", playing.Entry.Device)));

    // Playlists -----------------------------------------------------------------------------------------------------------------

    public static Element Playlists(Api api, SubsonicRequest request) => new Element("playlists").AddList(
        "playlist", api.UserData.Playlists.Select(playlist => api.Entities.Playlist(playlist, api.User, withEntries: false)));

    public static Element Playlist(Api api, SubsonicRequest request) => api.Entities.Playlist(
        api.UserData.FindPlaylist(request.Required("id")) ?? throw Api.NotFound("playlist"), api.User, withEntries: true);

    public static Element CreatePlaylist(Api api, SubsonicRequest request)
    {
        var songs = request.Ids("songId");
        var playlist = request.Text("playlistId") is { } id
            ? api.UserData.ChangePlaylist(id, request.Text("name"), entries: former => PlaylistEntry.Reorder(former, songs, api.ToEntry))
                ?? throw Api.NotFound("playlist")
            : api.UserData.CreatePlaylist(request.Required("name"), [.. songs.Select(api.ToEntry)]);
        return api.Entities.Playlist(playlist, api.User, withEntries: true);
    }

    public static Element? UpdatePlaylist(Api api, SubsonicRequest request)
    {
        // All indexes refer to the list as it was before the call.
        var removed = request.All("songIndexToRemove")
            .Select(text => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var index) ? index : -1).ToHashSet();
        var added = request.Ids("songIdToAdd");
        Func<IReadOnlyList<PlaylistEntry>, IReadOnlyList<PlaylistEntry>>? change = removed.Count + added.Count == 0
            ? null
            : entries =>
            [
                .. entries.Where((_, index) => !removed.Contains(index)), .. PlaylistEntry.Reorder(entries, added, api.ToEntry),
            ];
        _ = api.UserData.ChangePlaylist(
            request.Required("playlistId"), request.Text("name"), request.Text("comment"), request.Flag("public"), change)
                ?? throw Api.NotFound("playlist");
        return null;
    }

    public static Element? DeletePlaylist(Api api, SubsonicRequest request) =>
        api.UserData.DeletePlaylist(request.Required("id")) ? null : throw Api.NotFound("playlist");

    // Queue ---------------------------------------------------------------------------------------------------------------------

    public static Element? PlayQueue(Api api, SubsonicRequest request) => api.UserData.Queue is { } queue
        ? Queue(api, queue, "playQueue").Set("current", queue.CurrentIndex is { } index ? queue.SongIds[index] : null)
        : null;

    public static Element? PlayQueueByIndex(Api api, SubsonicRequest request) => api.UserData.Queue is { } queue
        ? Queue(api, queue, "playQueueByIndex").Set("currentIndex", queue.CurrentIndex)
        : null;

    public static Element? SavePlayQueue(Api api, SubsonicRequest request)
    {
        var ids = request.Ids("id");
        var current = request.Text("current");
        if (ids.Count == 0 && current is not null)
            throw new SubsonicException(SubsonicError.MissingParameter, "there is a current song, but no queue");
        Save(api, request, ids, current is null ? null : ids.Index().Where(entry => entry.Item == current)
            .Select(entry => (int?)entry.Index).FirstOrDefault());
        return null;
    }

    public static Element? SavePlayQueueByIndex(Api api, SubsonicRequest request)
    {
        var ids = request.Ids("id");
        var index = request.Long("currentIndex");
        if (ids.Count > 0 && index is null or < 0 || index >= ids.Count)
            throw new SubsonicException(SubsonicError.MissingParameter, "currentIndex is outside the queue");
        Save(api, request, ids, (int?)index);
        return null;
    }

    // Bookmarks -----------------------------------------------------------------------------------------------------------------

    public static Element Bookmarks(Api api, SubsonicRequest request) => new Element("bookmarks").AddList("bookmark", api.UserData.Bookmarks
        .Select(bookmark => (Bookmark: bookmark, Song: api.Library.FindSong(bookmark.SongId))).Where(entry => entry.Song is not null)
        .Select(entry => new Element("bookmark")
            .Set("position", entry.Bookmark.PositionMs).Set("username", api.User).Set("comment", entry.Bookmark.Comment)
            .Set("created", entry.Bookmark.Created).Set("changed", entry.Bookmark.Changed).Add(api.Entities.Song("entry", entry.Song!))));

    public static Element? CreateBookmark(Api api, SubsonicRequest request)
    {
        var song = api.Song(request.Required("id"));
        var position = request.Long("position") ?? throw new SubsonicException(SubsonicError.MissingParameter, "the position parameter is missing");
        var now = DateTimeOffset.FromUnixTimeSeconds(api.Components.Time.GetUtcNow().ToUnixTimeSeconds());
        var created = api.UserData.Bookmarks.FirstOrDefault(known => known.SongId == song.Id)?.Created ?? now;
        api.UserData.SaveBookmark(new Bookmark(song.Id, Math.Max(0, position), request.Text("comment") ?? "", created, now));
        return null;
    }

    public static Element? DeleteBookmark(Api api, SubsonicRequest request)
    {
        api.UserData.DeleteBookmark(request.Required("id"));
        return null;
    }

    private static List<string> Ids(SubsonicRequest request) =>
    [
        .. request.Ids("id").Concat(request.Ids("albumId")).Concat(request.Ids("artistId")).Where(id => id.Length > 3
            && (id.StartsWith(LibraryIds.SongPrefix, StringComparison.Ordinal)
                || id.StartsWith(LibraryIds.AlbumPrefix, StringComparison.Ordinal)
                || id.StartsWith(LibraryIds.ArtistPrefix, StringComparison.Ordinal))),
    ];

    private static bool IsKnown(Api api, string id) =>
        api.Library.FindSong(id) is not null || api.Library.FindAlbum(id) is not null || api.Library.FindArtist(id) is not null
            || api.UserData.MarksOf(id) != default;

    private static Element Queue(Api api, PlayQueue queue, string name) => new Element(name)
        .Set("position", queue.PositionMs).Set("username", api.User).Set("changed", queue.Changed).Set("changedBy", queue.ChangedBy)
        .AddList("entry", queue.SongIds.Select(id => api.Entities.Entry(api.ToEntry(id))));

    private static void Save(Api api, SubsonicRequest request, IReadOnlyList<string> ids, int? current) =>
        api.UserData.SaveQueue(ids.Count == 0
        ? null
        : new PlayQueue(
            ids, current, Math.Max(0, request.Long("position") ?? 0),
            DateTimeOffset.FromUnixTimeSeconds(api.Components.Time.GetUtcNow().ToUnixTimeSeconds()), ClientOf(request)));

    private static string ClientOf(SubsonicRequest request) => ShownText.Clean(request.Text("c") ?? "");

    private static DateTimeOffset? TimeOf(string? milliseconds) =>
        long.TryParse(milliseconds, NumberStyles.None, CultureInfo.InvariantCulture, out var time) && time is > 0 and < 253_402_300_799_000
            ? DateTimeOffset.FromUnixTimeMilliseconds(time)
            : null;
}
