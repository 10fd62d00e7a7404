using TspActors.Configuration;
using TspActors.Transport;

namespace TspActors.Peer;

/// <summary>Reads the <see cref="TransportSettings"/> for incoming connections from the tsp.peer.connections section.</summary>
internal static class ConnectionSettingsReader
{
    // Large bodies may use at most three quarters of the receive memory, so this minimum leaves room for the largest body.
    private const long SmallestRoom = 2 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads the section.</summary>
    public static TransportSettings Read(SettingsReader section) => new()
    {
        MaxConnections = section.Int("max", 1, 1_000_000),
        MaxConnectionsPerAddress = section.Int("max-per-address", 1, 1_000_000),
        MaxConnectionsPerSubnet = section.Int("max-per-subnet", 1, 1_000_000),
        MaxConnectionsPerSite = section.Int("max-per-site", 1, 1_000_000),
        NewConnectionsPerAddress = section.Int("new-per-address", 1, 1_000_000),
        NewConnectionsPerAddressSecond = section.Int("new-per-address-second", 0, 1_000_000),
        NewConnectionsOfBusyAddressesSecond = section.Int("new-busy-second", 0, 1_000_000),
        NewConnectionsFreeTime = section.Duration("new-free-time", TimeSpan.Zero, Longest),
        MaxReceivingBytes = section.Bytes("max-receiving", SmallestRoom, 16L * 1024 * 1024 * 1024),
        MaxReceivingBytesPerAddress = section.Bytes("max-receiving-per-address", SmallestRoom, 16L * 1024 * 1024 * 1024),
        FirstFrameTimeout = section.Duration("first-frame-timeout", Shortest, Longest),
        ReceivingTimeout = section.Duration("receiving-timeout", Shortest, Longest),
        FrameTimeout = section.Duration("frame-timeout", Shortest, Longest),
        IdleTimeout = section.Duration("idle-timeout", Shortest, TimeSpan.FromDays(1)),
        StalledWriterTimeout = section.Duration("stalled-writer-timeout", Shortest, Longest),
        CloseTimeout = section.Duration("close-timeout", Shortest, Longest),
        MaxCloseTime = section.Duration("max-close-time", Shortest, Longest),
        ReadBufferBytes = (int)section.Bytes("read-buffer", 1024, 80 * 1024),
        MaxQueuedBytes = (int)section.Bytes("max-queued", 1024 * 1024, 1024 * 1024 * 1024),
    };
}
