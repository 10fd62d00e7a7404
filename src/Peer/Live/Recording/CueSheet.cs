using System.Globalization;
using System.Text;

namespace TspActors.Peer.Live.Recording;

/// <summary>
/// Builds the cue sheet of a recording, which says when each title begins. Players show the titles like tracks on a disc.
/// </summary>
/// <param name="feedName">The feed's name.</param>
/// <param name="fileName">The name of the recording's file.</param>
internal sealed class CueSheet(string feedName, string fileName)
{
    // The format allows 99 tracks. Players accept more, but not an unlimited number.
    private const int MaxTracks = 999;

    private readonly List<(TimeSpan At, string Title)> _marks = [];

    /// <summary>Records that a title begins. A title that is unknown, or the same as the previous one, is ignored.</summary>
    /// <returns>Whether the title was added to the sheet.</returns>
    public bool Mark(TimeSpan at, string title)
    {
        if (title.Length == 0 || _marks.Count >= MaxTracks || (_marks.Count > 0 && _marks[^1].Title == title))
            return false;
        _marks.Add((at, title));
        return true;
    }

    /// <summary>Returns the text of the cue sheet.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"TITLE \"{Quoted(feedName)}\"\r\nFILE \"{Quoted(fileName)}\" MP3\r\n");
        var marks = _marks.Count > 0 && _marks[0].At == TimeSpan.Zero ? _marks : [(TimeSpan.Zero, feedName), .. _marks];
        for (var track = 0; track < marks.Count; track++)
        {
            var (artist, title) = Split(marks[track].Title);
            text.Append(CultureInfo.InvariantCulture, $"  TRACK {track + 1:00} AUDIO\r\n    TITLE \"{Quoted(title)}\"\r\n");
            if (artist.Length > 0)
                text.Append(CultureInfo.InvariantCulture, $"    PERFORMER \"{Quoted(artist)}\"\r\n");
            text.Append(CultureInfo.InvariantCulture, $"    INDEX 01 {Index(marks[track].At)}\r\n");
        }

        return text.ToString();
    }

    // Minutes, seconds and disc frames (75 per second).
    private static string Index(TimeSpan at) =>
        $"{(int)at.TotalMinutes:00}:{at.Seconds:00}:{at.Milliseconds * 75 / 1000:00}";

    private static (string Artist, string Title) Split(string title)
    {
        foreach (var dash in new[] { " – ", " - " })
        {
            if (title.IndexOf(dash, StringComparison.Ordinal) is > 0 and var at)
                return (title[..at], title[(at + dash.Length)..]);
        }

        return ("", title);
    }

    private static string Quoted(string text) => text.Replace('"', '\'');
}
