using TspActors.Configuration;

namespace TspActors.Tracker.Catalog;

/// <summary>Reads <see cref="ChangeLimits"/> from the tsp.tracker.changes section.</summary>
internal static class ChangeLimitsReader
{
    /// <summary>Reads the limits.</summary>
    /// <param name="section">The reader of tsp.tracker.changes.</param>
    public static ChangeLimits Read(SettingsReader section) => new()
    {
        WithdrawalDelay = section.Duration("withdrawal-delay", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
        PerAddressBytes = section.Bytes("per-address", 0, 1L << 40),
        PerAddressHourBytes = section.Bytes("per-address-hour", 1024, 1L << 40),
        PerByte = section.Int("per-byte", 0, 1_000_000),
        AddressesPerNetwork = section.Int("addresses-per-network", 1, 1_000_000),
    };
}
