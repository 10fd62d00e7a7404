using Microsoft.AspNetCore.Http;
using TspActors.Gateway.Library;
using TspActors.Gateway.Security;
using TspActors.Gateway.Swarm;

namespace TspActors.Gateway.Media;

/// <summary>Answers HTTP requests with the bytes of songs.</summary>
internal interface IMediaResponder
{
    /// <summary>
    /// Answers a GET or HEAD request with a song, or the requested range of it. Waits for the first verified bytes before
    /// it sends headers. Returns when the response is complete; aborts the connection if it cannot be completed.
    /// </summary>
    /// <param name="context">The request.</param>
    /// <param name="song">The song.</param>
    /// <param name="caller">The caller; limits apply per device.</param>
    /// <param name="options">How to respond.</param>
    /// <param name="onFault">Writes the error response if no bytes arrived. It is called only if nothing has been sent.</param>
    Task RespondAsync(HttpContext context, LibrarySong song, Caller caller, MediaOptions options, Func<FetchFault, Task> onFault);

    /// <summary>The transfers in progress, for the web page.</summary>
    IReadOnlyList<Transfer> Transfers { get; }
}

/// <summary>How to answer a request for a song.</summary>
/// <param name="IsDownload">Whether to send a file name in Content-Disposition.</param>
/// <param name="TimeOffset">The time in the song at which the response starts; zero = the beginning.</param>
/// <param name="IsImmutable">Whether the URL contains no secret, so caches may keep the response for a year.</param>
internal readonly record struct MediaOptions(bool IsDownload = false, TimeSpan TimeOffset = default, bool IsImmutable = false);

/// <summary>A response in progress.</summary>
internal sealed record Transfer(
    string SongId, string Title, string Device, string Host, string Way, long Offset, long Sent, long Length, bool IsWaiting,
    DateTimeOffset Started);
