using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TspActors.Gateway.Media;

/// <summary>The plain paths for players: songs and playlists.</summary>
internal static class MediaEndpoints
{
    private const string SongPath = "/song/{id}.mp3";

    /// <summary>Adds the endpoints.</summary>
    public static void Map(IEndpointRouteBuilder routes, GatewayComponents components)
    {
        ArgumentNullException.ThrowIfNull(routes);
        ArgumentNullException.ThrowIfNull(components);
        routes.MapMethods(
            SongPath, [HttpMethods.Get, HttpMethods.Head], (RequestDelegate)(context => AnswerSongAsync(context, components)));
        routes.MapMethods(SongPath, [HttpMethods.Options], (RequestDelegate)AnswerPreflight);
        PlaylistEndpoints.Map(routes, components);
    }

    private static async Task AnswerSongAsync(HttpContext context, GatewayComponents components)
    {
        AllowOtherSites(context);
        if (await MediaAdmission.CheckAsync(context, components.Gatekeeper).ConfigureAwait(false) is not { } caller)
            return;
        if (components.Library.FindSong(context.Request.RouteValues["id"]?.ToString() ?? "") is not { } song)
        {
            await MediaAdmission.WriteAsync(context, StatusCodes.Status404NotFound, "there is no such song").ConfigureAwait(false);
            return;
        }

        var options = new MediaOptions(IsImmutable: !context.Request.Query.ContainsKey("k"));
        await components.Media.RespondAsync(context, song, caller, options, fault => MediaAdmission.WriteFaultAsync(context, fault))
            .ConfigureAwait(false);
    }

    /// <summary>Answers the preflight request that browsers send before a cross-origin request.</summary>
    internal static Task AnswerPreflight(HttpContext context)
    {
        AllowOtherSites(context);
        var headers = context.Response.Headers;
        headers.AccessControlAllowMethods = "GET, HEAD";
        headers.AccessControlAllowHeaders = "content-type, range, if-range, authorization, icy-metadata";
        headers.AccessControlMaxAge = "86400";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Lets pages from other origins read songs. Requests from other sites do not carry the page's cookie, so they need a media
    /// token, or HTTP Basic authentication.</summary>
    internal static void AllowOtherSites(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        headers.AccessControlExposeHeaders = "Content-Length, Content-Range, ETag, X-Content-Duration, X-Total-Count";
        headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }
}
