using TspActors.Configuration;
using TspActors.Media.Folders;
using TspActors.Media.Library;

namespace TspActors.Peer.Library;

/// <summary>Reads <see cref="LibrarySettings"/> from the tsp.peer.library section.</summary>
internal static class LibrarySettingsReader
{
    private static readonly TimeSpan LongestSweep = TimeSpan.FromDays(30);

    /// <summary>Reads the section.</summary>
    public static LibrarySettings Read(SettingsReader section) => new()
    {
        Exclude = ReadPatterns(section, "exclude"),
        Include = ReadPatterns(section, "include"),
        Ignore = new IgnoreLimits(section.Int("max-ignore-patterns", 1, 100_000), (int)section.Bytes("max-ignore-file", 1, 4 << 20)),
        Scan = new ScanSettings
        {
            Parallelism = section.Int("scan-parallelism", 1, 64),
            ChecksInode = section.Bool("check-inode"),
            Limits = new MediaLimits { InflatedBytes = (int)section.Bytes("max-inflated-tags", 0, 256 << 20) },
        },
        Watch = new WatchSettings
        {
            Enabled = section.Bool("watch"),
            QuietTime = section.Duration("quiet-time", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            SweepInterval = section.Duration("sweep-interval", TimeSpan.Zero, LongestSweep),
            SweepIntervalUnwatched = section.Duration("sweep-interval-unwatched", TimeSpan.Zero, LongestSweep),
            MaxPending = section.Int("max-pending", 1, 10_000_000),
        },
        RetryInterval = section.Duration("retry-interval", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
    };

    // Returns the same object for every empty list, so that settings without patterns equal the defaults.
    private static IReadOnlyList<string> ReadPatterns(SettingsReader section, string key) =>
        section.TextList(key) is { Count: > 0 } patterns ? patterns : [];
}
