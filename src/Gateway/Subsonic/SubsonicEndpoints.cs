using System.Globalization;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Media;
using TspActors.Gateway.Security;
using TspActors.Gateway.Storage;

namespace TspActors.Gateway.Subsonic;

/// <summary>The OpenSubsonic API under /rest. Every API response has status 200, even an error; only faults in the HTTP request itself
/// and exceeded rate limits result in other statuses.</summary>
internal static class SubsonicEndpoints
{
    private const int MinCompressed = 1024;

    private static readonly Dictionary<string, Func<Api, SubsonicRequest, Element?>> Calls = new(StringComparer.OrdinalIgnoreCase)
    {
        ["ping"] = SystemCalls.Ping,
        ["getLicense"] = SystemCalls.License,
        ["tokenInfo"] = SystemCalls.TokenInfo,
        ["getMusicFolders"] = SystemCalls.MusicFolders,
        ["getUser"] = SystemCalls.User,
        ["getScanStatus"] = SystemCalls.ScanStatus,
        ["startScan"] = SystemCalls.ScanStatus,
        ["getArtistInfo"] = SystemCalls.ArtistInfo,
        ["getArtistInfo2"] = SystemCalls.ArtistInfo2,
        ["getAlbumInfo"] = SystemCalls.Empty("albumInfo"),
        ["getAlbumInfo2"] = SystemCalls.Empty("albumInfo"),
        ["getLyrics"] = SystemCalls.Lyrics,
        ["getLyricsBySongId"] = SystemCalls.LyricsList,
        ["getPodcasts"] = SystemCalls.Empty("podcasts", "channel"),
        ["getNewestPodcasts"] = SystemCalls.Empty("newestPodcasts", "episode"),
        ["getShares"] = SystemCalls.Empty("shares", "share"),
        ["getChatMessages"] = SystemCalls.Empty("chatMessages", "chatMessage"),
        ["getInternetRadioStations"] = RadioCalls.Stations,
        ["createInternetRadioStation"] = RadioCalls.Refuse,
        ["updateInternetRadioStation"] = RadioCalls.Refuse,
        ["deleteInternetRadioStation"] = RadioCalls.Refuse,
        ["getArtists"] = BrowseCalls.Artists,
        ["getIndexes"] = BrowseCalls.Indexes,
        ["getMusicDirectory"] = BrowseCalls.Directory,
        ["getArtist"] = BrowseCalls.Artist,
        ["getAlbum"] = BrowseCalls.Album,
        ["getSong"] = BrowseCalls.Song,
        ["getGenres"] = BrowseCalls.Genres,
        ["getAlbumList"] = ListCalls.AlbumList,
        ["getAlbumList2"] = ListCalls.AlbumList2,
        ["getRandomSongs"] = ListCalls.RandomSongs,
        ["getSongsByGenre"] = ListCalls.SongsByGenre,
        ["search2"] = ListCalls.Search2,
        ["search3"] = ListCalls.Search3,
        ["getStarred"] = ListCalls.Starred,
        ["getStarred2"] = ListCalls.Starred2,
        ["getSimilarSongs"] = ListCalls.SimilarSongs("similarSongs"),
        ["getSimilarSongs2"] = ListCalls.SimilarSongs("similarSongs2"),
        ["getTopSongs"] = ListCalls.TopSongs,
        ["star"] = UserCalls.Star,
        ["unstar"] = UserCalls.Unstar,
        ["setRating"] = UserCalls.SetRating,
        ["scrobble"] = UserCalls.Scrobble,
        ["getNowPlaying"] = UserCalls.NowPlaying,
        ["getPlaylists"] = UserCalls.Playlists,
        ["getPlaylist"] = UserCalls.Playlist,
        ["createPlaylist"] = UserCalls.CreatePlaylist,
        ["updatePlaylist"] = UserCalls.UpdatePlaylist,
        ["deletePlaylist"] = UserCalls.DeletePlaylist,
        ["getPlayQueue"] = UserCalls.PlayQueue,
        ["getPlayQueueByIndex"] = UserCalls.PlayQueueByIndex,
        ["savePlayQueue"] = UserCalls.SavePlayQueue,
        ["savePlayQueueByIndex"] = UserCalls.SavePlayQueueByIndex,
        ["getBookmarks"] = UserCalls.Bookmarks,
        ["createBookmark"] = UserCalls.CreateBookmark,
        ["deleteBookmark"] = UserCalls.DeleteBookmark,
    };

    /// <summary>The names of all calls that return a document.</summary>
    public static IEnumerable<string> Names => Calls.Keys;

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, GatewayComponents components)
    {
        var api = new Api(components);
        var slots = new DeviceSlots(components.Settings.Limits.MaxRequestsPerDevice);
        routes.MapMethods("/rest/{call}", ["GET", "POST", "HEAD"], (HttpContext context, string call) => AnswerAsync(api, slots, context, call));
        routes.MapMethods("/rest/{call}", ["OPTIONS"], (HttpContext context) => Cors.Preflight(context));
    }

    private static async Task AnswerAsync(Api api, DeviceSlots slots, HttpContext context, string call)
    {
        Cors.Allow(context.Response);
        context.Response.Headers.CacheControl = "no-store";
        if (call.EndsWith(".view", StringComparison.OrdinalIgnoreCase))
            call = call[..^".view".Length];
        SubsonicRequest request;
        try
        {
            request = await SubsonicRequest.ReadAsync(context).ConfigureAwait(false);
        }
        catch (BadHttpRequestException error)
        {
            context.Response.StatusCode = error.StatusCode;
            return;
        }

        try
        {
            await AnswerAsync(api, slots, request, call).ConfigureAwait(false);
        }
        catch (SubsonicException error)
        {
            await WriteAsync(api, request, null, error.Error).ConfigureAwait(false);
        }
        catch (UserDataFullException error)
        {
            await WriteAsync(api, request, null, new SubsonicError(SubsonicError.Generic, error.Message)).ConfigureAwait(false);
        }
        catch (IOException error) when (!context.RequestAborted.IsCancellationRequested && !context.Response.HasStarted)
        {
            await WriteAsync(api, request, null, new SubsonicError(SubsonicError.Generic, error.Message)).ConfigureAwait(false);
        }
    }

    private static async Task AnswerAsync(Api api, DeviceSlots slots, SubsonicRequest request, string call)
    {
        if (call.Equals("getOpenSubsonicExtensions", StringComparison.OrdinalIgnoreCase))
        {
            await WriteAsync(api, request, SystemCalls.Extensions(), null).ConfigureAwait(false);
            return;
        }

        var admission = await api.Components.Gatekeeper.CheckSubsonicAsync(request.Context, request.Credentials).ConfigureAwait(false);
        if (admission.Fault == CredentialFault.TooMany)
        {
            request.Context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            request.Context.Response.Headers.RetryAfter = Math.Max(1, (int)admission.RetryAfter.TotalSeconds)
                .ToString(CultureInfo.InvariantCulture);
            return;
        }

        request.Caller = admission.Caller ?? throw Refusal(admission.Fault);
        switch (call.ToLowerInvariant())
        {
            case "stream" or "download":
                await MediaCalls.SongAsync(
                    api, request, call.Equals("download", StringComparison.OrdinalIgnoreCase), error => WriteAsync(api, request, null, error))
                    .ConfigureAwait(false);
                return;
            case "getcoverart":
                await MediaCalls.CoverAsync(api, request).ConfigureAwait(false);
                return;
            case "getavatar":
                await MediaCalls.AvatarAsync(request).ConfigureAwait(false);
                return;
        }

        if (!slots.TryTake(request.Caller.DeviceId))
        {
            request.Context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
            request.Context.Response.Headers.RetryAfter = "1";
            return;
        }

        try
        {
            if (call.Equals("getArtists", StringComparison.OrdinalIgnoreCase) && request.Format != "jsonp")
            {
                await WriteArtistsAsync(api, request).ConfigureAwait(false);
                return;
            }

            var answer = Calls.TryGetValue(call, out var run)
                ? run(api, request)
                : throw new SubsonicException(SubsonicError.Generic, "this call is not implemented");
            await WriteAsync(api, request, answer, null).ConfigureAwait(false);
        }
        finally
        {
            slots.Free(request.Caller.DeviceId);
        }
    }

    private static SubsonicException Refusal(CredentialFault fault) => fault switch
    {
        CredentialFault.Missing => new SubsonicException(SubsonicError.MissingParameter, "a user name and a device key are needed"),
        CredentialFault.WrongApiKey => new SubsonicException(SubsonicError.WrongApiKey, "the API key is wrong"),
        CredentialFault.Conflicting => new SubsonicException(SubsonicError.Conflicting, "send either an API key or a user name and password"),
        _ => new SubsonicException(SubsonicError.WrongPassword, "Wrong username or password"),
    };

    // A client that sends back the entity tag receives the list only if it has changed.
    private static async Task WriteArtistsAsync(Api api, SubsonicRequest request)
    {
        var isXml = request.Format == "xml";
        var list = api.ArtistLists.Get(request.Format, request.IsLegacy, api.Library.AlbumArtists, api.UserData.Version, () =>
        {
            var envelope = ResponseWriter.Envelope(BrowseCalls.Artists(api, request), null, api.Components.Version);
            return isXml ? ResponseWriter.ToXml(envelope, request.IsLegacy) : ResponseWriter.ToJson(envelope);
        });
        var (context, response) = (request.Context, request.Context.Response);
        response.Headers.CacheControl = "private, no-cache";
        response.Headers.ETag = list.Tag;
        response.Headers.Vary = "Accept-Encoding";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(list.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = isXml ? "text/xml; charset=utf-8" : "application/json; charset=utf-8";
        var isPacked = list.Bytes.Length > MinCompressed
            && context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase);
        if (isPacked)
            response.Headers.ContentEncoding = "gzip";
        var bytes = isPacked ? list.Packed : list.Bytes;
        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(bytes, context.RequestAborted).ConfigureAwait(false);
    }

    private static async Task WriteAsync(Api api, SubsonicRequest request, Element? payload, SubsonicError? error)
    {
        var format = request.Format;
        var envelope = ResponseWriter.Envelope(payload?.Name == "subsonic-response" ? null : payload, error, api.Components.Version);
        // The list of extensions has no wrapper.
        if (payload?.Name == "subsonic-response")
            envelope.AddList(payload.Fields[0].Key, (List<Element>)payload.Fields[0].Value);
        var response = request.Context.Response;
        byte[] bytes;
        if (format == "xml")
        {
            bytes = ResponseWriter.ToXml(envelope, request.IsLegacy);
            response.ContentType = "text/xml; charset=utf-8";
        }
        else
        {
            bytes = ResponseWriter.ToJson(envelope);
            response.ContentType = "application/json; charset=utf-8";
            if (format == "jsonp")
                bytes = JsonPadding.Wrap(request.Text("callback"), bytes, response, api.Components.Version);
        }

        response.ContentLength = null;
        if (bytes.Length > MinCompressed && request.Context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
        {
            response.Headers.ContentEncoding = "gzip";
            response.Headers.Vary = "Accept-Encoding";
            using var packed = new MemoryStream();
            await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                await gzip.WriteAsync(bytes, request.Context.RequestAborted).ConfigureAwait(false);
            bytes = packed.ToArray();
        }

        response.ContentLength = bytes.Length;
        if (!HttpMethods.IsHead(request.Context.Request.Method))
            await response.Body.WriteAsync(bytes, request.Context.RequestAborted).ConfigureAwait(false);
    }
}
