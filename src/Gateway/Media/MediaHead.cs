using System.Globalization;
using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Media;

/// <summary>Writes the responses that need no bytes of a song, and therefore no host.</summary>
internal static class MediaHead
{
    /// <summary>Answers HEAD requests, conditional requests that need no body, and requests for ranges outside the song.</summary>
    /// <returns>False if bytes are needed: those in <paramref name="range"/>.</returns>
    public static bool TryAnswer(
        HttpContext context, LibrarySong song, MediaOptions options, bool isByBytes, out RangeRequest range)
    {
        var (request, response) = (context.Request, context.Response);
        range = default;
        if (!isByBytes)
        {
            if (!HttpMethods.IsHead(request.Method))
                return false;
            MediaHeaders.SetFromTime(response, song, options);
            return true;
        }

        if (MediaHeaders.IsNotModified(request, song))
        {
            MediaHeaders.Set(response, song, options);
            response.StatusCode = StatusCodes.Status304NotModified;
            return true;
        }

        if (HttpMethods.IsHead(request.Method))
        {
            MediaHeaders.Set(response, song, options);
            response.ContentLength = song.Size;
            return true;
        }

        range = MediaHeaders.RangeOf(request, song);
        if (range.Kind != RangeKind.Outside)
            return false;
        response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{song.Size}");
        response.ContentLength = 0;
        return true;
    }
}
