namespace TspActors.Tracker.Catalog;

/// <summary>Limits on how many catalog changes are broadcast, and when. config/tracker.conf explains each one.</summary>
public sealed record ChangeLimits
{
    /// <summary>No limits: every change is broadcast immediately.</summary>
    public static ChangeLimits None { get; } = new() { WithdrawalDelay = TimeSpan.Zero, PerAddressBytes = 0 };

    /// <summary>How long the departure of a host is held back. If the host returns within this time, nothing is broadcast.</summary>
    public TimeSpan WithdrawalDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The most bytes of changes caused by one address that each subscriber receives at once; 0 = any number.</summary>
    public long PerAddressBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The bytes by which that limit is refilled per hour, even if the address itself sends nothing.</summary>
    public long PerAddressHourBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>A network (IPv4 /24 or IPv6 /56) has the limits of this many addresses, and an IPv6 /48 has four times as much.</summary>
    public int AddressesPerNetwork { get; init; } = 8;

    /// <summary>The bytes that may be broadcast, to all subscribers together, for each byte that an address sends.</summary>
    public int PerByte { get; init; } = 5;
}
