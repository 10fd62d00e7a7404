namespace TspActors.Transport.Relays;

/// <summary>Whether a program relays connections between peers, and the limits on relaying. config/*.conf explains each setting.</summary>
public sealed record RelaySettings
{
    /// <summary>Whether the program relays.</summary>
    public bool Enabled { get; init; }

    /// <summary>The maximum number of places that are reserved or in use.</summary>
    public int MaxSessions { get; init; } = 32;

    /// <summary>The maximum number of places for one peer.</summary>
    public int MaxSessionsPerPeer { get; init; } = 2;

    /// <summary>The maximum number of relayed connections from one address, or from one IPv6 /64.</summary>
    public int MaxSessionsPerAddress { get; init; } = 4;

    /// <summary>The maximum rate of all relayed bytes together, in bytes per second. Places that could exceed it are refused.</summary>
    public long MaxBytesPerSecond { get; init; } = 1_250_000;

    /// <summary>The maximum rate of one place after <see cref="Burst"/>, both directions together, in bytes per second.</summary>
    public long BytesPerSecond { get; init; } = 42_500;

    /// <summary>The number of bytes that a place may relay in one burst, so that playback begins soon.</summary>
    public long Burst { get; init; } = 600 * 1024;

    /// <summary>How long a place may be in use.</summary>
    public TimeSpan MaxDuration { get; init; } = TimeSpan.FromMinutes(15);

    /// <summary>The maximum number of bytes that a place relays, both directions together.</summary>
    public long MaxBytes { get; init; } = 40 * 1024 * 1024;

    /// <summary>How long a place may relay nothing before it is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a place stays reserved before the first end shows its ticket.</summary>
    public TimeSpan ReservationTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long the first end waits for the second.</summary>
    public TimeSpan SecondEndTimeout { get; init; } = TimeSpan.FromSeconds(10);
}
