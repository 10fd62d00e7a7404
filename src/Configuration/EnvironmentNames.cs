using System.Globalization;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>The names of settings as environment variables: <c>tsp.peer.trackers</c> is <c>TSP__PEER__TRACKERS</c>, its first element <c>…__0</c>.</summary>
public static class EnvironmentNames
{
    // More than any list here needs; a larger number is a key's own text.
    private const int MostListDigits = 4;

    /// <summary>The variable that sets a key, or null where no variable can (a quoted segment, a list's element).</summary>
    public static string? For(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            ? key.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_').ToUpperInvariant()
            : null;

    /// <summary>The key that a variable sets, with the index where it sets a list's element.</summary>
    internal static (string Key, int? Index) Parse(string variable)
    {
        string[] segments = [.. variable.ToLowerInvariant().Split("__").Select(segment => segment.Replace('_', '-'))];
        bool isElement = segments.Length > 1 && segments[^1].Length is > 0 and <= MostListDigits && segments[^1].All(char.IsAsciiDigit);
        return isElement
            ? (HoconText.Key(segments[..^1]), int.Parse(segments[^1], CultureInfo.InvariantCulture))
            : (HoconText.Key(segments), null);
    }
}
