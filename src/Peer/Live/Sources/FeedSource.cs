using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace TspActors.Peer.Live.Sources;

/// <summary>The source of a live feed's audio.</summary>
internal abstract record FeedSource
{
    /// <summary>The accepted formats of a source, for messages.</summary>
    public const string Forms = "station:SONGS, icecast:PORT/MOUNT, - (standard input) or exec:COMMAND";

    /// <summary>The maximum length of a selection or a command in UTF-16 code units.</summary>
    public const int MaxText = 1024;

    /// <summary>The maximum length of a mount point.</summary>
    public const int MaxMount = 100;

    private const string AdminPath = "/admin";

    /// <summary>Parses a source.</summary>
    /// <param name="text">The text.</param>
    /// <param name="source">The source; null if the text is not valid.</param>
    /// <param name="fault">The fault in the text, and the remedy; empty if the text is valid.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out FeedSource? source, out string fault)
    {
        (source, fault) = Parse(text.Trim());
        return source is not null;
    }

    /// <summary>
    /// Returns whether a path can be a mount point: a slash followed by letters, digits and <c>-._~/</c>, and not below /admin.
    /// </summary>
    public static bool IsMount(string path) =>
        path.Length is > 1 and <= MaxMount && path[0] == '/'
        && path.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '.' or '_' or '~' or '/')
        && path != AdminPath && !path.StartsWith($"{AdminPath}/", StringComparison.OrdinalIgnoreCase);

    private static (FeedSource? Source, string Fault) Parse(string text)
    {
        if (text.Length == 0)
            return (null, $"there is no source; write {Forms}");
        if (text == "-")
            return (new StandardInput(), "");
        if (text.Length > MaxText + 16 || text.Any(char.IsControl))
            return (null, $"the source is not one line of at most {MaxText} characters");
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        var rest = text[(colon + 1)..].Trim();
        return (colon < 0 ? "" : text[..colon].ToLowerInvariant()) switch
        {
            "station" => (new Station(rest), ""),
            "icecast" => ParseIcecast(rest),
            "exec" when rest.Length > 0 => (new Command(rest), ""),
            "exec" => (null, "exec: has no command; write exec: and the command, for example exec:ffmpeg -i song.flac -f mp3 -"),
            _ => (null, $"\"{Shorten(text)}\" is not a source; write {Forms}"),
        };
    }

    private static (FeedSource? Source, string Fault) ParseIcecast(string text)
    {
        const string example = "for example icecast:8001/live";
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (slash < 0)
            return (null, $"icecast:{Shorten(text)} has no mount point; write icecast:PORT/MOUNT, {example}");
        if (!int.TryParse(text[..slash], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return (null, $"\"{Shorten(text[..slash])}\" is not a port from 1 to 65535; write icecast:PORT/MOUNT, {example}");
        return IsMount(text[slash..])
            ? (new Icecast(port, text[slash..]), "")
            : (null, $"\"{Shorten(text[slash..])}\" is not a mount point; use up to {MaxMount} letters, digits and -._~/, {example}");
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : $"{text[..60]}…";

    /// <summary>Songs from this peer's library, played endlessly.</summary>
    /// <param name="Selection">A folder, a playlist file (.m3u, .m3u8) or search words; empty = all songs.</param>
    public sealed record Station(string Selection) : FeedSource;

    /// <summary>A program that connects to this peer with Icecast's source protocol.</summary>
    /// <param name="Port">The port to open.</param>
    /// <param name="Mount">The mount point, with its leading slash.</param>
    public sealed record Icecast(int Port, string Mount) : FeedSource;

    /// <summary>Another peer, whose feed this peer passes on. The settings cannot contain this source.</summary>
    public sealed record Relay : FeedSource;

    /// <summary>MP3 from standard input.</summary>
    public sealed record StandardInput : FeedSource;

    /// <summary>MP3 from the standard output of a program, which is restarted when it exits.</summary>
    /// <param name="CommandLine">The program and its arguments.</param>
    public sealed record Command(string CommandLine) : FeedSource;
}
