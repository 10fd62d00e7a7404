using System.Globalization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>Songs and lists of songs as plain HTTP, for every player.</summary>
internal static class MediaEndpoints
{
    private const int PageSize = 500;
    private const int MaxSearch = 5_000;

    private static readonly string[] ReadMethods = ["GET", "HEAD"];

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, GatewayParts parts)
    {
        var urls = new PublicAddress(parts.Settings);
        routes.MapMethods("/song/{file}", ReadMethods, (HttpContext context, string file) => AdmitAsync(parts, context, caller => SongAsync(parts, urls, context, file, caller)));
        routes.MapMethods("/song/{file}", ["OPTIONS"], (HttpContext context) => Cors.Preflight(context));
        routes.MapMethods("/live/{file}", ReadMethods, (HttpContext context) => AdmitAsync(
            parts, context, _ => RefuseAsync(context, StatusCodes.Status404NotFound, "there is no live feed with this id")));
        routes.MapMethods("/{kind:regex(^(album|artist|playlist)$)}/{file}", ReadMethods, (HttpContext context, string kind, string file) =>
            AdmitAsync(parts, context, caller => ListAsync(parts, urls, context, kind, file, caller)));
        routes.MapMethods("/search.{format:regex(^(m3u8|m3u|pls)$)}", ReadMethods, (HttpContext context, string format) => AdmitAsync(
            parts, context, caller => SearchAsync(parts, urls, context, format, caller)));
        routes.MapMethods("/all.{format:regex(^(m3u8|m3u|pls)$)}", ReadMethods, (HttpContext context, string format) => AdmitAsync(
            parts, context, caller => WriteAsync(context, parts, urls, caller, format, "All songs", All(parts, caller))));
    }

    private static async Task AdmitAsync(GatewayParts parts, HttpContext context, Func<Caller, Task> answer)
    {
        Cors.Allow(context.Response);
        var admission = await parts.Gatekeeper.CheckMediaAsync(context).ConfigureAwait(false);
        if (admission.Caller is { } caller)
        {
            await answer(caller).ConfigureAwait(false);
            return;
        }

        if (admission.Fault == CredentialFault.TooMany)
        {
            SetRetryAfter(context.Response, admission.RetryAfter);
            await RefuseAsync(context, StatusCodes.Status429TooManyRequests, "too many wrong keys; try again later").ConfigureAwait(false);
            return;
        }

        context.Response.Headers.WWWAuthenticate = "Basic realm=\"TspActors\", charset=\"UTF-8\"";
        await RefuseAsync(context, StatusCodes.Status401Unauthorized, "a device's key is needed: as the password, with the user name tsp").ConfigureAwait(false);
    }

    private static Task SongAsync(GatewayParts parts, PublicAddress urls, HttpContext context, string file, Caller caller)
    {
        var (id, ending) = Split(file);
        if (parts.Library.FindSong(id) is not { } song)
            return RefuseAsync(context, StatusCodes.Status404NotFound, "there is no song with this id");
        if (PlaylistFile.ContentTypes.ContainsKey(ending))
            return WriteAsync(context, parts, urls, caller, ending, song.Title, [song]);
        return ending == "mp3"
            ? parts.Media.RespondAsync(
                context, song, caller, new MediaOptions(IsImmutable: !context.Request.Query.ContainsKey("k")), fault => FaultAsync(context, fault))
            : RefuseAsync(context, StatusCodes.Status404NotFound, "there is no such file");
    }

    private static Task FaultAsync(HttpContext context, FetchFault fault)
    {
        var status = fault.Kind switch
        {
            FetchFaultKind.HostsFailed => StatusCodes.Status502BadGateway,
            FetchFaultKind.TooMany => StatusCodes.Status429TooManyRequests,
            _ => StatusCodes.Status503ServiceUnavailable,
        };
        if (status != StatusCodes.Status502BadGateway)
            SetRetryAfter(context.Response, fault.RetryAfter ?? TimeSpan.FromSeconds(10));
        return RefuseAsync(context, status, fault.Reason);
    }

    private static Task ListAsync(GatewayParts parts, PublicAddress urls, HttpContext context, string kind, string file, Caller caller)
    {
        var (id, format) = Split(file);
        if (!PlaylistFile.ContentTypes.ContainsKey(format))
            return RefuseAsync(context, StatusCodes.Status404NotFound, "lists end in .m3u8, .m3u or .pls");
        (string Name, IEnumerable<LibrarySong> Songs)? list = kind switch
        {
            "album" when parts.Library.FindAlbum(id) is { } album => ($"{album.Artist} - {album.Name}", parts.Library.SongsOf(album)),
            "artist" when parts.Library.FindArtist(id) is { } artist =>
                (artist.Name, parts.Library.AlbumsOf(artist).SelectMany(album => parts.Library.SongsOf(album))),
            "playlist" when parts.UserData.FindPlaylist(id) is { } playlist =>
                (playlist.Name, playlist.Entries.Select(entry => parts.Library.FindSong(entry.SongId)).OfType<LibrarySong>()),
            _ => null,
        };
        return list is var (name, songs)
            ? WriteAsync(context, parts, urls, caller, format, name, songs)
            : RefuseAsync(context, StatusCodes.Status404NotFound, $"there is no {kind} with this id");
    }

    private static Task SearchAsync(GatewayParts parts, PublicAddress urls, HttpContext context, string format, Caller caller)
    {
        var query = context.Request.Query["q"].ToString();
        var found = parts.Library.Search(query, Walk.None, default, default, new PageRange(0, MaxSearch));
        return WriteAsync(context, parts, urls, caller, format, query, found.Songs.Items);
    }

    private static IEnumerable<LibrarySong> All(GatewayParts parts, Caller caller)
    {
        var walk = new Walk(caller.DeviceId, $"all.m3u8 {Guid.NewGuid()}");
        for (var offset = 0; ; offset += PageSize)
        {
            var page = parts.Library.Songs(SongOrder.Artist, walk, offset, PageSize);
            foreach (var song in page.Items)
                yield return song;
            if (page.Items.Count < PageSize)
                yield break;
        }
    }

    private static async Task WriteAsync(
        HttpContext context, GatewayParts parts, PublicAddress urls, Caller caller, string format, string name, IEnumerable<LibrarySong> songs)
    {
        format = format.ToLowerInvariant();
        context.Response.ContentType = PlaylistFile.ContentTypes[format];
        context.Response.Headers.CacheControl = "no-store";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        var (url, token) = (urls.Of(context), parts.Gatekeeper.MediaToken(caller));
        var query = token.Length > 0 ? $"?k={token}" : "";
        await context.Response.WriteAsync(PlaylistFile.Head(format, name), context.RequestAborted).ConfigureAwait(false);
        var count = 0;
        foreach (var song in songs)
        {
            var entry = PlaylistFile.Entry(format, song, $"{url}/song/{song.Id}.mp3{query}", ++count);
            await context.Response.WriteAsync(entry, context.RequestAborted).ConfigureAwait(false);
        }

        await context.Response.WriteAsync(PlaylistFile.Tail(format, count), context.RequestAborted).ConfigureAwait(false);
    }

    private static (string Id, string Ending) Split(string file) =>
        file.LastIndexOf('.') is > 0 and var dot ? (file[..dot], file[(dot + 1)..].ToLowerInvariant()) : (file, "");

    private static void SetRetryAfter(HttpResponse response, TimeSpan time) =>
        response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(time.TotalSeconds)).ToString(CultureInfo.InvariantCulture);

    private static Task RefuseAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        return context.Response.WriteAsync(text + "\n", context.RequestAborted);
    }
}
