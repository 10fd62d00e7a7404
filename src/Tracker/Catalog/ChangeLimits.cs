namespace TspActors.Tracker.Catalog;

/// <summary>Limits on how many catalog changes are broadcast, and when. config/tracker.conf explains each one.</summary>
public sealed record ChangeLimits
{
    /// <summary>No limits: every change is broadcast immediately.</summary>
    public static ChangeLimits None { get; } = new() { WithdrawalDelay = TimeSpan.Zero, PerAddressBytes = 0 };

    /// <summary>
    /// How long the broadcast of a host's departure is delayed. If the host returns within that time with the same songs, nothing is
    /// broadcast.
    /// </summary>
    public TimeSpan WithdrawalDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The maximum number of bytes of one address's changes that each subscriber receives in one burst; 0 = no limit.</summary>
    public long PerAddressBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>How many of these bytes an address regains per hour, even if it sends nothing itself.</summary>
    public long PerAddressHourBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>A network (IPv4 /24 or IPv6 /56) may use as much as this many addresses; an IPv6 /48 may use four times as much.</summary>
    public int AddressesPerNetwork { get; init; } = 8;

    /// <summary>The bytes that may be broadcast, to all subscribers together, for each byte that an address sends.</summary>
    public int PerByte { get; init; } = 5;
}
