namespace TspActors.Transport;

/// <summary>Limits and deadlines of the connections of one server or link; config/*.conf documents each with its default.</summary>
public sealed record TransportSettings
{
    /// <summary>Bytes read or written at once. Large for streams (throughput), small for many idle links (memory).</summary>
    public int ReadBufferBytes { get; init; } = 16 * 1024;

    /// <summary>Most bytes that may be queued for one connection; more is a fault of this program and closes it.</summary>
    public int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>Open connections in all; one more is refused with ERROR(BUSY).</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>Open connections from one address, or from one /64 of IPv6; one more is refused with ERROR(BUSY).</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>An incoming connection's first frame must be complete by then.</summary>
    public TimeSpan FirstFrameTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A link without heartbeat on which no frame came for this long is closed.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A remote end that takes nothing of what is queued for it for this long is closed.</summary>
    public TimeSpan StalledWriterTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>An orderly close that has not ended by then becomes a cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>An outgoing connection, name resolution included, must be open by then.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
