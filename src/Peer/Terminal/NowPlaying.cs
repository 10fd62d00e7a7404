using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal;

/// <summary>The line that says what plays: title, bar, time, host; made to fit the terminal.</summary>
internal static class NowPlaying
{
    private const int BarWidth = 20;

    /// <summary>The line, without colours and no wider than <paramref name="width"/>; null when nothing plays.</summary>
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
        var room = width - tail.Length;
        if (room < 12)
        {
            tail = $"  {SongText.Time(position)} / {SongText.Time(duration)}";
            room = width - tail.Length;
        }

        return Cut(head, Math.Max(room, 0)) + Cut(tail, width);
    }

    /// <summary>At most so many characters, with a mark where something is missing.</summary>
    public static string Cut(string text, int width) =>
        text.Length <= width ? text : width <= 1 ? "" : string.Concat(text.AsSpan(0, width - 1), "…");
}
