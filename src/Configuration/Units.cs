using System.Buffers;
using System.Globalization;

namespace TspActors.Configuration;

/// <summary>
/// Parses and formats durations, sizes and bit rates, each written as a number and a unit. The unit is optional for sizes only.
/// </summary>
internal static class Units
{
    private static readonly SearchValues<char> NumberCharacters = SearchValues.Create("0123456789.");

    private static readonly Dictionary<string, decimal> TicksPerUnit = new(StringComparer.Ordinal)
    {
        ["ms"] = TimeSpan.TicksPerMillisecond,
        ["s"] = TimeSpan.TicksPerSecond,
        ["m"] = TimeSpan.TicksPerMinute,
        ["h"] = TimeSpan.TicksPerHour,
        ["d"] = TimeSpan.TicksPerDay,
    };

    // As in HOCON and Akka, a single letter means a binary unit, and "kB" a decimal one.
    private static readonly Dictionary<string, decimal> BytesPerUnit = new(StringComparer.Ordinal)
    {
        [""] = 1,
        ["B"] = 1,
        ["b"] = 1,
        ["k"] = 1L << 10,
        ["K"] = 1L << 10,
        ["Ki"] = 1L << 10,
        ["KiB"] = 1L << 10,
        ["kB"] = 1_000,
        ["m"] = 1L << 20,
        ["M"] = 1L << 20,
        ["Mi"] = 1L << 20,
        ["MiB"] = 1L << 20,
        ["MB"] = 1_000_000,
        ["g"] = 1L << 30,
        ["G"] = 1L << 30,
        ["Gi"] = 1L << 30,
        ["GiB"] = 1L << 30,
        ["GB"] = 1_000_000_000,
    };

    // Network speeds are given in bits with decimal prefixes, while programs count bytes, so a rate always needs its unit.
    private static readonly Dictionary<string, decimal> BitsPerUnit = new(StringComparer.Ordinal)
    {
        ["bit/s"] = 1,
        ["kbit/s"] = 1_000,
        ["Mbit/s"] = 1_000_000,
        ["Gbit/s"] = 1_000_000_000,
        ["B/s"] = 8,
        ["kB/s"] = 8_000,
        ["KiB/s"] = 8L << 10,
        ["MB/s"] = 8_000_000,
        ["MiB/s"] = 8L << 20,
        ["GB/s"] = 8_000_000_000,
        ["GiB/s"] = 8L << 30,
    };

    /// <summary>Reads "250ms", "10s", "1.5m", "1h", "2 d".</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        bool parsed = TryParse(text, TicksPerUnit, out long ticks);
        duration = new TimeSpan(ticks);
        return parsed;
    }

    /// <summary>Reads "65536", "64k", "256KiB", "1.5 MiB", "10MB". The result must be a whole number of bytes.</summary>
    public static bool TryParseBytes(string text, out long bytes) => TryParse(text, BytesPerUnit, out bytes);

    /// <summary>Reads "10 Mbit/s", "1.5Mbit/s", "500 kB/s". The result must be a whole number of bits per second.</summary>
    public static bool TryParseBitRate(string text, out long bits) => TryParse(text, BitsPerUnit, out bits);

    /// <summary>Returns the duration in the largest unit that gives a whole number, or in milliseconds if none does.</summary>
    public static string Format(TimeSpan duration)
    {
        if (duration == TimeSpan.Zero)
            return "0s";
        var milliseconds = KeyValuePair.Create("ms", (decimal)TimeSpan.TicksPerMillisecond);
        var (unit, ticks) = TicksPerUnit.OrderByDescending(entry => entry.Value).FirstOrDefault(
            entry => duration.Ticks % entry.Value == 0, milliseconds);
        return string.Create(CultureInfo.InvariantCulture, $"{duration.Ticks / ticks:0.####}{unit}");
    }

    /// <summary>Returns the size in the largest binary unit that gives a whole number.</summary>
    public static string Format(long bytes) => bytes switch
    {
        0 => "0",
        _ when bytes % (1L << 30) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30}GiB"),
        _ when bytes % (1L << 20) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20}MiB"),
        _ when bytes % (1L << 10) == 0 => string.Create(CultureInfo.InvariantCulture, $"{bytes >> 10}KiB"),
        _ => bytes.ToString(CultureInfo.InvariantCulture),
    };

    private static bool TryParse(string text, Dictionary<string, decimal> units, out long whole)
    {
        whole = 0;
        int end = text.AsSpan().IndexOfAnyExcept(NumberCharacters);
        string number = end < 0 ? text : text[..end];
        string unit = end < 0 ? "" : text[end..].TrimStart(' ');
        // Sixteen characters are enough for any sensible amount, and a number that long still fits in a decimal when multiplied by a unit.
        if (number.Length is 0 or > 16 || !char.IsAsciiDigit(number[0]) || !char.IsAsciiDigit(number[^1])
            || !units.TryGetValue(unit, out decimal factor)
            || !decimal.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal value))
            return false;
        value *= factor;
        if (value > long.MaxValue || value != decimal.Truncate(value))
            return false;
        whole = (long)value;
        return true;
    }
}
