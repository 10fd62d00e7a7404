using System.Globalization;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>
/// Maps the keys of settings to environment variables, and back: <c>tsp.peer.trackers</c> is <c>TSP__PEER__TRACKERS</c>, and its first
/// element is <c>TSP__PEER__TRACKERS__0</c>.
/// </summary>
public static class EnvironmentNames
{
    // No list needs an index with more digits. A longer number is an ordinary key segment.
    private const int MaxListDigits = 4;

    /// <summary>Returns the variable that sets a key, or null if none can, for example because the key has a quoted segment.</summary>
    public static string? For(string key) =>
        key.Length > 0 && key.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '-' or '.')
            ? key.Replace(".", "__", StringComparison.Ordinal).Replace('-', '_').ToUpperInvariant()
            : null;

    /// <summary>Returns the key that a variable sets, and the index if it sets one element of a list.</summary>
    internal static (string Key, int? Index) Parse(string variable)
    {
        string[] segments = [.. variable.ToLowerInvariant().Split("__").Select(segment => segment.Replace('_', '-'))];
        bool isElement = segments.Length > 1 && segments[^1].Length is > 0 and <= MaxListDigits && segments[^1].All(char.IsAsciiDigit);
        return isElement
            ? (HoconText.Key(segments[..^1]), int.Parse(segments[^1], CultureInfo.InvariantCulture))
            : (HoconText.Key(segments), null);
    }
}
