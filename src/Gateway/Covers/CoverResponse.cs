using Microsoft.AspNetCore.Http;

namespace TspActors.Gateway.Covers;

/// <summary>Sends covers to HTTP clients.</summary>
internal static class CoverResponse
{
    /// <summary>Sends a cover.</summary>
    /// <param name="context">The request.</param>
    /// <param name="picture">The picture.</param>
    /// <param name="isNamedByHash">Whether the URL names the picture itself. If it names a song, an album or an artist, the same URL may
    ///   lead to a different picture later.</param>
    public static async Task SendAsync(HttpContext context, CoverPicture picture, bool isNamedByHash)
    {
        var response = context.Response;
        response.Headers.ETag = picture.Tag;
        response.Headers.CacheControl = isNamedByHash ? "private, max-age=31536000, immutable" : "private, max-age=3600";
        // A browser must not run anything that a host has put into a picture.
        response.Headers.ContentSecurityPolicy = "sandbox";
        if (context.Request.Headers.IfNoneMatch.ToString().Contains(picture.Tag, StringComparison.Ordinal))
        {
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        response.ContentType = picture.ContentType;
        response.ContentLength = picture.Bytes.Length;
        if (!HttpMethods.IsHead(context.Request.Method))
            await response.Body.WriteAsync(picture.Bytes, context.RequestAborted).ConfigureAwait(false);
    }
}
