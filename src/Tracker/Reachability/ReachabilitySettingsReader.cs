using TspActors.Configuration;

namespace TspActors.Tracker.Reachability;

/// <summary>Reads <see cref="ReachabilitySettings"/> from the tsp.tracker.reachability section.</summary>
internal static class ReachabilitySettingsReader
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);

    public static ReachabilitySettings Read(SettingsReader section) => new()
    {
        Enabled = section.Bool("enabled"),
        Timeout = section.Duration("timeout", Shortest, TimeSpan.FromMinutes(1)),
        AtOnce = section.Int("at-once", 1, 1_000),
        RetryMin = section.Duration("retry-min", Shortest, TimeSpan.FromHours(1)),
        RetryMax = section.Duration("retry-max", Shortest, TimeSpan.FromDays(1)),
    };
}
