using TspActors.Configuration;

namespace TspActors.Tracker.Peers;

/// <summary>Reads <see cref="ShareLimits"/> from the tsp.tracker.shares section.</summary>
internal static class ShareLimitsReader
{
    /// <summary>Reads the limits.</summary>
    /// <param name="section">The reader of tsp.tracker.shares.</param>
    public static ShareLimits Read(SettingsReader section) => new()
    {
        Burst = section.Int("burst", 1, 1_000_000_000),
        PerSecond = section.Int("per-second", 0, 1_000_000_000),
        FreeTime = section.Duration("free-time", TimeSpan.Zero, TimeSpan.FromHours(1)),
    };
}
