using System.Globalization;

namespace TspActors.Configuration;

/// <summary>A rate limit in bytes per second, or no limit. It is written as "10 Mbit/s", "500 kB/s" or "none".</summary>
/// <param name="BytesPerSecond">The limit; 0 = no limit.</param>
public readonly record struct Rate(long BytesPerSecond)
{
    private static readonly string[] NoLimit = ["none", "unlimited", "0"];

    /// <summary>No limit.</summary>
    public static Rate None { get; }

    /// <summary>Whether there is no limit.</summary>
    public bool IsNone => BytesPerSecond == 0;

    /// <summary>
    /// Reads "10 Mbit/s", "2Mbit/s", "500 kB/s", "64 KiB/s"; "none", "unlimited" and "0" mean no limit. Any other number without a unit is
    /// rejected.
    /// </summary>
    public static bool TryParse(string text, out Rate rate)
    {
        ArgumentNullException.ThrowIfNull(text);
        rate = None;
        if (NoLimit.Contains(text))
            return true;
        if (!Units.TryParseBitRate(text, out long bits) || bits < 8)
            return false;
        rate = new Rate(bits / 8);
        return true;
    }

    /// <summary>Returns the rate in bits per second, the usual unit for network speeds.</summary>
    public override string ToString()
    {
        // The third decimal place of a value in kbit/s is one bit per second, so no precision is lost.
        return IsNone ? "none" : ((decimal)BytesPerSecond * 8) switch
        {
            var bits when bits >= 1_000_000_000 && bits % 1_000_000 == 0 => Text(bits / 1_000_000_000, "Gbit/s"),
            var bits when bits >= 1_000_000 && bits % 1_000 == 0 => Text(bits / 1_000_000, "Mbit/s"),
            var bits => Text(bits / 1_000, "kbit/s"),
        };

        static string Text(decimal number, string unit) => string.Create(CultureInfo.InvariantCulture, $"{number:0.###} {unit}");
    }
}
