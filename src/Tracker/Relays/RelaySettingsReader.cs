using TspActors.Configuration;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Relays;

/// <summary>Reads <see cref="RelaySettings"/> from the tsp.tracker.relay section.</summary>
internal static class RelaySettingsReader
{
    private const long MegaByte = 1024 * 1024;

    private static readonly Rate Slowest = new(4_000);
    private static readonly Rate Fastest = new(12_500_000_000);

    public static RelaySettings Read(SettingsReader section) => new()
    {
        Enabled = section.Bool("enabled"),
        MaxSessions = section.Int("max-sessions", 1, 100_000),
        MaxSessionsPerPeer = section.Int("max-sessions-per-peer", 1, 100_000),
        MaxSessionsPerAddress = section.Int("max-sessions-per-address", 1, 100_000),
        MaxBytesPerSecond = section.Rate("max-rate", Slowest, Fastest).BytesPerSecond,
        BytesPerSecond = section.Rate("max-rate-per-session", Slowest, Fastest).BytesPerSecond,
        Burst = section.Bytes("burst", 0, 1024 * MegaByte),
        MaxDuration = section.Duration("max-time", TimeSpan.FromSeconds(1), TimeSpan.FromDays(1)),
        MaxBytes = section.Bytes("max-bytes", MegaByte, 1024 * 1024 * MegaByte),
        IdleTimeout = section.Duration("idle-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)),
    };
}
