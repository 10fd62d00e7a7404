using TspActors.Peer.Listening;

namespace TspActors.Peer.Terminal;

/// <summary>Formats the now-playing line: title, bar, time, buffered time, host and stalls, or as many of these as fit.</summary>
internal static class NowPlaying
{
    private const int MaxHostWidth = 20;

    // A shorter name would be unrecognizable, so other fields are dropped instead.
    private const int MinNameWidth = 28;

    /// <summary>Returns the line, without colours and no wider than <paramref name="width"/> cells; null if no song is playing.</summary>
    public static string? Line(PlaybackStatus status, int width)
    {
        if (status.Song is not { } song)
            return null;
        var name = $"{(status.Paused ? "‖" : "▶")} {SongText.Name(song)}";
        if (song.Live)
            return LiveLine(status, name, width);
        var minName = Math.Min(Cells.Measure(name), MinNameWidth);
        var tail = Tails(status).FirstOrDefault(tail => Cells.Measure(tail) + minName <= width) ?? Times(status);
        return Cells.Cut(name, Math.Max(width - Cells.Measure(tail), 0)) + Cells.Cut(tail, width);
    }

    private static string LiveLine(PlaybackStatus status, string name, int width)
    {
        var title = status.NowPlaying.Length > 0 ? $" · {SafeText.Clean(status.NowPlaying)}" : "";
        var live = $"  live · {(int)Math.Round(status.Behind.TotalSeconds)} s behind{title}";
        var host = $"  from {Cells.Cut(SafeText.Clean(status.Host?.Name ?? "?"), MaxHostWidth)}";
        var stalls = status.Stalls > 0 ? $"  stalls {status.Stalls}" : "";
        var tail = new[] { $"{live}{host}{stalls}", $"{live}{stalls}" }
            .FirstOrDefault(tail => Cells.Measure(tail) + Math.Min(Cells.Measure(name), MinNameWidth) <= width) ?? live;
        return Cells.Cut(name, Math.Max(width - Cells.Measure(tail), 0)) + Cells.Cut(tail, width);
    }

    // In order of preference: all fields first, then fewer.
    private static IEnumerable<string> Tails(PlaybackStatus status)
    {
        var times = Times(status);
        var buffer = $"  +{(int)status.Buffered.TotalSeconds} s";
        var host = $"  from {Cells.Cut(SafeText.Clean(status.Host?.Name ?? "?"), MaxHostWidth)}";
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
