namespace TspActors.Transport;

/// <summary>
/// The limits and deadlines of one server's connections, or of one outgoing connection. config/*.conf documents each default.
/// </summary>
public sealed record TransportSettings
{
    /// <summary>The most bytes read at once. Large for streams (throughput), small for many idle connections (memory).</summary>
    public int ReadBufferBytes { get; init; } = 16 * 1024;

    /// <summary>The most bytes queued for one connection. Exceeding it is a bug in this program, and the connection is cut.</summary>
    public int MaxQueuedBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>The most open connections in total. Further ones are refused with ERROR(BUSY).</summary>
    public int MaxConnections { get; init; } = 20_000;

    /// <summary>The most open connections from one address, or from one IPv6 /64. Further ones are refused with ERROR(BUSY).</summary>
    public int MaxConnectionsPerAddress { get; init; } = 1_000;

    /// <summary>The time in which an incoming connection must complete its first frame.</summary>
    public TimeSpan FirstFrameTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A connection without a heartbeat is closed after this time without a frame.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>A connection is closed if the remote end accepts none of the queued bytes for this long.</summary>
    public TimeSpan StalledWriterTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The time for an orderly close. After it the connection is cut.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The time in which an outgoing connection must open, name resolution included.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
