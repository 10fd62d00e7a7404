using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal;

/// <summary>The now-playing line: title, bar, time, buffered time, host and stalls, as far as they fit the terminal.</summary>
internal static class NowPlaying
{
    private const int LongestHost = 20;

    // A shorter name says nothing, so the other fields make room for it.
    private const int LeastName = 28;

    /// <summary>Returns the line, without colours and no wider than <paramref name="width"/> cells; null when nothing plays.</summary>
    public static string? Line(PlaybackStatus status, int width)
    {
        if (status.Song is not { } song)
            return null;
        var name = $"{(status.Paused ? "‖" : "▶")} {SongText.Name(song)}";
        var least = Math.Min(Cells.Measure(name), LeastName);
        var tail = Tails(status).FirstOrDefault(tail => Cells.Measure(tail) + least <= width) ?? Times(status);
        return Cells.Cut(name, Math.Max(width - Cells.Measure(tail), 0)) + Cells.Cut(tail, width);
    }

    // From all fields down to the times alone.
    private static IEnumerable<string> Tails(PlaybackStatus status)
    {
        var times = Times(status);
        var buffer = $"  +{(int)status.Buffered.TotalSeconds} s";
        var host = $"  from {Cells.Cut(SafeText.Clean(status.Host?.Name ?? "?"), LongestHost)}";
        var stalls = status.Stalls > 0 ? $"  stalls {status.Stalls}" : "";
        yield return $"  {Bar(status, 20)}{times}{buffer}{host}{stalls}";
        yield return $"  {Bar(status, 10)}{times}{buffer}{host}{stalls}";
        yield return $"  {Bar(status, 10)}{times}{buffer}{stalls}";
        yield return $"{times}{buffer}{stalls}";
    }

    private static TimeSpan Duration(PlaybackStatus status) => TimeSpan.FromMilliseconds(status.Song!.Format?.DurationMs ?? 0);

    private static TimeSpan Position(PlaybackStatus status) => status.Position < Duration(status) ? status.Position : Duration(status);

    private static string Times(PlaybackStatus status) => $"  {SongText.Time(Position(status))} / {SongText.Time(Duration(status))}";

    private static string Bar(PlaybackStatus status, int width)
    {
        var filled = Duration(status) > TimeSpan.Zero ? (int)(Position(status) / Duration(status) * width) : 0;
        return new string('━', filled) + new string('─', width - filled);
    }
}
