using System.Globalization;
using System.Text.Json;
using TspActors.Media.Library;

namespace TspActors.Peer.Live.Stations;

/// <summary>The file where a station stores its state, so that it continues where it left off after a restart.</summary>
/// <remarks>The file is small: at most 10,000 songs, one per line. A damaged file is ignored, and the reason is reported.</remarks>
internal static class StationFile
{
    /// <summary>The maximum length of a file that is read.</summary>
    public const int MaxBytes = 2 * 1024 * 1024;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, MaxDepth = 4 };

    /// <summary>Reads a file.</summary>
    /// <param name="path">The path of the file.</param>
    /// <param name="problem">The human-readable reason why the file cannot be used; null if it is missing or valid.</param>
    /// <returns>The state; null if there is no usable file.</returns>
    public static StationState? Read(string path, out string? problem)
    {
        problem = null;
        try
        {
            if (FileStat.Read(path) is not { } stat)
                return null;
            if (stat.Length is 0 or > MaxBytes)
            {
                problem = "it is empty or too long";
                return null;
            }

            var bytes = new byte[stat.Length];
            using (var file = File.OpenRead(path))
                file.ReadExactly(bytes);
            var content = JsonSerializer.Deserialize<Content>(bytes, Format) ?? throw new JsonException("it contains nothing");
            return StateOf(content);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException or FormatException
            or OverflowException)
        {
            problem = error.Message;
            return null;
        }
    }

    /// <summary>Replaces the file atomically: a crash leaves either the old one or the new one.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to write the file.</exception>
    public static void Write(string path, StationState state) => PrivateFile.Replace(path, JsonSerializer.Serialize(
        new Content(state.Seed, state.Played, state.Current is { } key ? Hex(key) : null, [.. state.Recent.Select(Line)]), Format));

    private static StationState StateOf(Content content)
    {
        var recent = (content.Recent ?? []).Select(PlayOf).ToList();
        var previous = 0L;
        foreach (var play in recent)
        {
            if (play.Number <= previous)
                throw new FormatException("its plays are not in order");
            previous = play.Number;
        }

        if (recent.Count > PlayHistory.MaxSongs || content.Played < previous)
            throw new FormatException("its numbers contradict each other");
        return new StationState(content.Seed)
        {
            Played = content.Played,
            Current = content.Current is { } key ? KeyOf(key) : null,
            Recent = recent,
        };
    }

    private static string Line(Play play) => string.Create(CultureInfo.InvariantCulture, $"{Hex(play.Key)} {play.Number}");

    private static Play PlayOf(string? line)
    {
        var parts = (line ?? "").Split(' ');
        return parts.Length == 2
            ? new Play(KeyOf(parts[0]), long.Parse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture))
            : throw new FormatException("one of its plays is not a song and a number");
    }

    private static string Hex(ulong key) => key.ToString("x16", CultureInfo.InvariantCulture);

    private static ulong KeyOf(string text) => ulong.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Content(ulong Seed, long Played, string? Current, IReadOnlyList<string>? Recent);
}
