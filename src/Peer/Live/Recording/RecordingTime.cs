using System.Globalization;

namespace TspActors.Peer.Live.Recording;

/// <summary>Parses the duration of a recording.</summary>
internal static class RecordingTime
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <summary>Parses a number with the unit s, m or h, for example 30s or 1.5h.</summary>
    /// <returns>False if the text has a different format, or if the time is zero or longer than a week.</returns>
    public static bool TryParse(string text, out TimeSpan time)
    {
        time = default;
        var unit = text.Length < 2 ? 0 : text[^1] switch { 's' => 1, 'm' => 60, 'h' => 3_600, _ => 0 };
        if (unit == 0
            || !double.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture,
                out var number)
            || !(number > 0) || number * unit > Longest.TotalSeconds)
            return false;
        time = TimeSpan.FromSeconds(number * unit);
        return true;
    }
}
