namespace TspActors.Tracker.Catalog;

/// <summary>How much news of the catalog everybody gets, and when; config/tracker.conf says what each limit is for.</summary>
public sealed record ChangeLimits
{
    /// <summary>Everything is told at once.</summary>
    public static ChangeLimits None { get; } = new() { WithdrawalDelay = TimeSpan.Zero, PerAddressBytes = 0 };

    /// <summary>How long the end of a host is held back: one that is back by then was never gone for the others.</summary>
    public TimeSpan WithdrawalDelay { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Bytes of news that each subscriber gets at once because of one address; 0 = any number.</summary>
    public long PerAddressBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>The same in an hour, whatever that address sends.</summary>
    public long PerAddressHourBytes { get; init; } = 2 * 1024 * 1024;

    /// <summary>A network (/24 of IPv4, /56 of IPv6) has as much as this many addresses, and a /48 four times that.</summary>
    public int AddressesPerNetwork { get; init; } = 8;

    /// <summary>Bytes that go out, to all subscribers together, for each byte that an address sends.</summary>
    public int PerByte { get; init; } = 5;
}
