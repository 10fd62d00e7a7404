using Spectre.Console.Rendering;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal;

/// <summary>The line that says what plays: title, bar, time, host; made to fit the terminal.</summary>
internal static class NowPlaying
{
    private const int BarWidth = 20;

    /// <summary>The line, without colours and no wider than <paramref name="width"/> cells; null when nothing plays.</summary>
    public static string? Line(PlaybackStatus status, int width)
    {
        if (status.Song is not { } song)
            return null;
        var duration = TimeSpan.FromMilliseconds(song.Format.DurationMs);
        var position = status.Position < duration ? status.Position : duration;
        var share = duration > TimeSpan.Zero ? position / duration : 0;
        var filled = (int)(share * BarWidth);
        var bar = new string('━', filled) + new string('─', BarWidth - filled);
        var stalls = status.Stalls > 0 ? $"  stalls {status.Stalls}" : "";
        var tail = $"  {bar}  {SongText.Time(position)} / {SongText.Time(duration)}  from {SafeText.Of(status.Host?.Name ?? "?")}{stalls}";
        var head = $"{(status.Paused ? "‖" : "▶")} {SongText.Name(song)}";
        var room = width - Cells(tail);
        if (room < 12)
        {
            tail = $"  {SongText.Time(position)} / {SongText.Time(duration)}";
            room = width - Cells(tail);
        }

        return Cut(head, Math.Max(room, 0)) + Cut(tail, width);
    }

    /// <summary>At most so many cells of a terminal, with a mark where something is missing. Some letters take two cells, and some none.</summary>
    public static string Cut(string text, int width)
    {
        if (Cells(text) <= width)
            return text;
        if (width <= 1)
            return "";
        var length = 0;
        var cells = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            cells += Cells(rune.ToString());
            if (cells > width - 1)
                break;
            length += rune.Utf16SequenceLength;
        }

        return string.Concat(text.AsSpan(0, length), "…");
    }

    private static int Cells(string text) => new Segment(text).CellCount();
}
