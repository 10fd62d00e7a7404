using System.Globalization;
using System.Text;
using TspActors.Gateway.Library;

namespace TspActors.Gateway.Media;

/// <summary>Writes lists of songs as files for players: M3U and PLS.</summary>
internal static class PlaylistFile
{
    /// <summary>The types by the ending of the path.</summary>
    public static readonly IReadOnlyDictionary<string, string> ContentTypes = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
    {
        ["m3u8"] = "application/vnd.apple.mpegurl",
        ["m3u"] = "audio/x-mpegurl",
        ["pls"] = "audio/x-scpls",
    };

    /// <summary>Returns the head of a file.</summary>
    public static string Head(string format, string name) =>
        format == "pls" ? "[playlist]\n" : $"#EXTM3U\n#PLAYLIST:{Line(name)}\n";

    /// <summary>Returns the lines of a song.</summary>
    /// <param name="format">m3u8, m3u or pls.</param>
    /// <param name="song">The song.</param>
    /// <param name="url">Its URL.</param>
    /// <param name="number">Its number, from 1.</param>
    public static string Entry(string format, LibrarySong song, string url, int number)
    {
        var title = Line($"{song.Artist} - {song.Title}");
        var seconds = (song.DurationMs + 500) / 1000;
        return format == "pls"
            ? string.Create(CultureInfo.InvariantCulture, $"File{number}={url}\nTitle{number}={title}\nLength{number}={seconds}\n")
            : string.Create(CultureInfo.InvariantCulture, $"#EXTINF:{seconds},{title}\n{url}\n");
    }

    /// <summary>Returns the end of a file with this number of songs.</summary>
    public static string Tail(string format, int count) =>
        format == "pls" ? string.Create(CultureInfo.InvariantCulture, $"NumberOfEntries={count}\nVersion=2\n") : "";

    // A stranger's tag must not add lines, which would be URLs.
    private static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        foreach (var letter in text)
            line.Append(char.IsControl(letter) || letter is '\u2028' or '\u2029' ? ' ' : letter);
        return line.ToString().TrimStart('#', ' ');
    }
}
