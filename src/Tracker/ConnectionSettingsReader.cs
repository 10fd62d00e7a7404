using TspActors.Configuration;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>Reads the <see cref="TransportSettings"/> of incoming connections from the tsp.tracker.connections section.</summary>
internal static class ConnectionSettingsReader
{
    // Large bodies may use only three quarters of the limit. Three quarters of 2 MiB is enough for the largest body.
    private const long SmallestRoom = 2 * 1024 * 1024;

    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

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
        LargeBodyBytesAtOnce = section.Bytes("large-bodies", SmallestRoom, 1L << 40),
        LargeBodyBytesPerSecond = section.Bytes("large-bodies-second", 0, 1L << 40),
        FirstFrameTimeout = section.Duration("first-frame-timeout", Shortest, Longest),
        ReceivingTimeout = section.Duration("receiving-timeout", Shortest, Longest),
        FrameTimeout = section.Duration("frame-timeout", Shortest, Longest),
        IdleTimeout = section.Duration("idle-timeout", Shortest, TimeSpan.FromDays(1)),
        StalledWriterTimeout = section.Duration("stalled-writer-timeout", Shortest, Longest),
        CloseTimeout = section.Duration("close-timeout", Shortest, Longest),
        MaxCloseTime = section.Duration("max-close-time", Shortest, Longest),
        ReadBufferBytes = (int)section.Bytes("read-buffer", 1024, 80 * 1024),
        SendBufferBytes = (int)section.Bytes("send-buffer", 0, 1024 * 1024 * 1024),
        MaxQueuedBytes = (int)section.Bytes("max-queued", 2 * 1024 * 1024, 1024 * 1024 * 1024),
    };
}
