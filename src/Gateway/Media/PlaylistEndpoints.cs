using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Media;

/// <summary>Playlists as files for any player: M3U8, M3U and PLS.</summary>
internal static class PlaylistEndpoints
{
    private const int Chunk = 16 << 10;
    private const int MaxWords = 500;

    private static readonly (string Suffix, string Type)[] Formats =
    [
        ("m3u8", "application/vnd.apple.mpegurl"),
        ("m3u", "audio/x-mpegurl; charset=utf-8"),
        ("pls", "audio/x-scpls; charset=utf-8"),
    ];

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, GatewayComponents components)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(components);
        foreach (var (suffix, type) in Formats)
        {
            MapOne("/album/{id}.", (context, _) => PlaylistLists.Album(components, Id(context)));
            MapOne("/artist/{id}.", (context, _) => PlaylistLists.Artist(components, Id(context)));
            MapOne("/playlist/{id}.", (context, _) => PlaylistLists.Playlist(components, Id(context)));
            MapOne("/song/{id}.", (context, _) => PlaylistLists.Song(components, Id(context)));
            MapOne("/search.", (context, _) => PlaylistLists.Search(components, Words(context)));
            MapOne("/all.", (_, caller) => PlaylistLists.All(components, caller.DeviceId));
            MapOne("/live.", (_, _) => PlaylistLists.Live(components));

            void MapOne(string path, Func<HttpContext, Caller, PlaylistSongs?> find) => routes.MapMethods(
                path + suffix, [HttpMethods.Get, HttpMethods.Head],
                (RequestDelegate)(context => AnswerAsync(context, components, suffix == "pls", type, find)));
        }
    }

    private static string Id(HttpContext context) => context.Request.RouteValues["id"]?.ToString() ?? "";

    private static string Words(HttpContext context) => context.Request.Query["q"].ToString();

    private static async Task AnswerAsync(
        HttpContext context, GatewayComponents components, bool isPls, string type, Func<HttpContext, Caller, PlaylistSongs?> find)
    {
        if (await MediaAdmission.CheckAsync(context, components.Gatekeeper).ConfigureAwait(false) is not { } caller)
            return;
        if (Words(context).Length > MaxWords)
        {
            await MediaAdmission.WriteAsync(
                context, StatusCodes.Status400BadRequest, $"the search is longer than {MaxWords} characters").ConfigureAwait(false);
            return;
        }

        if (find(context, caller) is not { } list)
        {
            await MediaAdmission.WriteAsync(context, StatusCodes.Status404NotFound, "there is no such playlist").ConfigureAwait(false);
            return;
        }

        context.Response.ContentType = type;
        context.Response.Headers.CacheControl = "private, no-cache";
        if (HttpMethods.IsHead(context.Request.Method))
            return;
        // The player that opens the list has no cookie, even if the list was downloaded with the page's cookie.
        var token = components.Gatekeeper.MediaToken(caller);
        var (before, after) = ($"{new PublicAddress(components.Settings).Of(context)}/{list.Folder}/", token.Length > 0 ? ".mp3?k=" + token : ".mp3");
        var (text, format) = (new StringBuilder(), new PlaylistText(isPls));
        format.Begin(text, list.Name);
        foreach (var song in list.Songs)
        {
            format.Add(text, song.Artist, song.Title, song.DurationMs, before + Uri.EscapeDataString(song.Id) + after);
            if (text.Length >= Chunk)
                await FlushAsync(context, text).ConfigureAwait(false);
        }

        format.End(text);
        await FlushAsync(context, text).ConfigureAwait(false);
    }

    private static async Task FlushAsync(HttpContext context, StringBuilder text)
    {
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), context.RequestAborted).ConfigureAwait(false);
        text.Clear();
    }
}
