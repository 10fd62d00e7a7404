using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Media;

/// <summary>The headers of responses that contain songs.</summary>
internal static class MediaHeaders
{
    /// <summary>The media type of songs.</summary>
    public const string Mp3 = "audio/mpeg";

    private const int MaxFileName = 120;

    /// <summary>Returns the entity tag of a song. It is a strong tag, because the hash determines every byte.</summary>
    public static string TagOf(LibrarySong song) => $"\"{song.Hash}\"";

    /// <summary>Returns whether If-None-Match lists the song's entity tag.</summary>
    public static bool IsNotModified(HttpRequest request, LibrarySong song)
    {
        var tag = TagOf(song);
        foreach (var line in request.Headers.IfNoneMatch)
        {
            foreach (var one in (line ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (one == "*" || one == tag || (one.StartsWith("W/", StringComparison.Ordinal) && one[2..] == tag))
                    return true;
            }
        }

        return false;
    }

    /// <summary>Returns the requested range: the whole song if there is no valid Range header, or if If-Range does not match.</summary>
    public static RangeRequest RangeOf(HttpRequest request, LibrarySong song)
    {
        var condition = request.Headers[HeaderNames.IfRange].ToString();
        return RangeRequest.Read(condition.Length == 0 || condition == TagOf(song) ? request.Headers.Range.ToString() : null, song.Size);
    }

    /// <summary>Sets the headers for a song or a range of it.</summary>
    public static void Set(HttpResponse response, LibrarySong song, MediaOptions options)
    {
        SetCommon(response, song, options);
        response.Headers.AcceptRanges = "bytes";
        response.Headers.ETag = TagOf(song);
        response.Headers.LastModified = HeaderUtilities.FormatDate(song.Created);
        response.Headers["X-Content-Duration"] = Seconds(song.DurationMs);
        response.Headers.CacheControl = options.IsImmutable ? "private, max-age=31536000, immutable" : "private, max-age=3600";
    }

    /// <summary>
    /// Sets the headers for a response that starts at a given time in the song. The response is not a range of the song, so the
    /// client cannot request ranges of it.
    /// </summary>
    public static void SetFromTime(HttpResponse response, LibrarySong song, MediaOptions options)
    {
        SetCommon(response, song, options);
        response.Headers.AcceptRanges = "none";
        response.Headers.CacheControl = "private, max-age=3600";
        response.Headers["X-Content-Duration"] = Seconds(Math.Max(0, song.DurationMs - (long)options.TimeOffset.TotalMilliseconds));
    }

    /// <summary>Returns the value of Content-Disposition, with the file name in ASCII and in UTF-8 (RFC 5987).</summary>
    public static string Disposition(LibrarySong song)
    {
        var name = new StringBuilder();
        foreach (var rune in $"{song.Artist} - {song.Title}".EnumerateRunes())
        {
            if (name.Length >= MaxFileName)
                break;
            name.Append(Rune.IsControl(rune) || (rune.IsAscii && "\\/:*?\"<>|%".Contains((char)rune.Value, StringComparison.Ordinal))
                ? "_" : rune.ToString());
        }

        var utf8 = name.Append(".mp3").ToString().TrimStart('.', ' ');
        var ascii = string.Concat(utf8.EnumerateRunes().Select(rune => rune.IsAscii ? rune.ToString() : "_"));
        return $"attachment; filename=\"{ascii}\"; filename*=UTF-8''{Uri.EscapeDataString(utf8)}";
    }

    private static void SetCommon(HttpResponse response, LibrarySong song, MediaOptions options)
    {
        response.ContentType = Mp3;
        response.Headers.XContentTypeOptions = "nosniff";
        if (options.IsDownload)
            response.Headers.ContentDisposition = Disposition(song);
    }

    private static string Seconds(long milliseconds) => (milliseconds / 1000.0).ToString("F3", CultureInfo.InvariantCulture);
}
