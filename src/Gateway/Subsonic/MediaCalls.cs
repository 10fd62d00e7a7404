using System.Globalization;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Covers;
using TspActors.Gateway.Media;
using TspActors.Protocol;

namespace TspActors.Gateway.Subsonic;

/// <summary>Calls that send the bytes of songs and pictures.</summary>
internal static class MediaCalls
{
    private const string HashPrefix = "ca-";

    // A grey square of one pixel. Clients scale it.
    private static readonly byte[] Avatar = Convert.FromBase64String(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==");

    /// <summary>Sends a song.</summary>
    /// <param name="api">The API.</param>
    /// <param name="request">The request.</param>
    /// <param name="isDownload">Whether the client saves the song.</param>
    /// <param name="onError">Writes an error.</param>
    public static Task SongAsync(Api api, SubsonicRequest request, bool isDownload, Func<SubsonicError, Task> onError)
    {
        var id = request.Required("id");
        if (isDownload && (api.Library.FindAlbum(id) is not null || api.UserData.FindPlaylist(id) is not null))
            throw new SubsonicException(SubsonicError.Generic, "only single songs can be downloaded");
        // TryParse also accepts NaN and Infinity.
        var isNumber = double.TryParse(
            request.Text("timeOffset"), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var parsed) && double.IsFinite(parsed);
        var seconds = isNumber ? parsed : 0;
        var options = new MediaOptions(isDownload, TimeSpan.FromSeconds(isDownload ? 0 : Math.Clamp(seconds, 0, 1_000_000)));
        return api.Components.Media.RespondAsync(
            request.Context, api.Song(id), request.Caller, options, fault =>
                onError(new SubsonicError(SubsonicError.Generic, fault.Reason)));
    }

    /// <summary>Sends a cover.</summary>
    public static async Task CoverAsync(Api api, SubsonicRequest request)
    {
        var id = request.Required("id");
        var (cover, song) = CoverOf(api, id);
        var size = request.Number("size", 0) is > 0 and var wanted ? Math.Clamp(wanted, 32, 1200) : 0;
        var picture = cover is { } hash
            ? await api.Components.Covers.FindAsync(hash, song, size, request.Context.RequestAborted).ConfigureAwait(false)
            : null;
        if (picture is null)
            throw new SubsonicException(SubsonicError.NotFound, "there is no picture");
        await CoverResponse.SendAsync(request.Context, picture, id.StartsWith(HashPrefix, StringComparison.Ordinal)).ConfigureAwait(false);
    }

    /// <summary>Sends the user's picture.</summary>
    public static async Task AvatarAsync(SubsonicRequest request)
    {
        request.Context.Response.ContentType = "image/png";
        await request.Context.Response.Body.WriteAsync(Avatar, request.Context.RequestAborted).ConfigureAwait(false);
    }

    private static (ContentHash? Cover, int Song) CoverOf(Api api, string id)
    {
        if (id.StartsWith(HashPrefix, StringComparison.Ordinal))
            return (ContentHash.TryParse(id[HashPrefix.Length..], out var hash) ? hash : null, 0);
        if (api.Library.FindSong(id) is { } song)
            return (song.Cover, song.TrackerId);
        return (api.Library.FindAlbum(id)?.Cover ?? api.Library.FindArtist(id)?.Cover, 0);
    }
}
