using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Media;

/// <summary>
/// Lets web players from other origins use the Subsonic API. They have to send a device key, because the API accepts no cookies.
/// </summary>
internal static class Cors
{
    /// <summary>Allows any origin to read the response.</summary>
    public static void Allow(HttpResponse response)
    {
        response.Headers.AccessControlAllowOrigin = "*";
        response.Headers.AccessControlExposeHeaders = "Content-Length, Content-Range, ETag, X-Content-Duration, X-Total-Count";
        response.Headers["Cross-Origin-Resource-Policy"] = "cross-origin";
    }

    /// <summary>Answers a preflight request.</summary>
    public static Task Preflight(HttpContext context)
    {
        Allow(context.Response);
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        context.Response.Headers.AccessControlAllowMethods = "GET, POST, HEAD";
        context.Response.Headers.AccessControlAllowHeaders = "content-type, range, authorization, icy-metadata, x-requested-with";
        context.Response.Headers.AccessControlMaxAge = "86400";
        return Task.CompletedTask;
    }
}
