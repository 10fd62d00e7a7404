using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Hosting;

/// <summary>The settings for streaming songs to requesters. The hosting section of config/peer.conf explains each setting.</summary>
public sealed record HostingSettings
{
    /// <summary>The maximum number of concurrent streams; 0 = no limit. Further streams are refused with BUSY.</summary>
    public int MaxStreams { get; init; } = 500;

    /// <summary>The other limits, and the queue of requesters that were refused.</summary>
    public HostingLimits Limits { get; init; } = new();

    /// <summary>Decides which requesters may receive streams.</summary>
    public HostingAccess Access { get; init; } = HostingAccess.Everyone;

    /// <summary>How much audio is sent immediately when a real-time stream starts. The requester stays that far ahead.</summary>
    public TimeSpan StartBurst { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>The largest chunk of a real-time stream, in bytes.</summary>
    public int ChunkBytes { get; init; } = 64 * 1024;

    /// <summary>
    /// The size of a chunk of a stream at full speed, in bytes. A chunk should stay in the processor's cache between being read and being
    /// written.
    /// </summary>
    public int FullSpeedChunkBytes { get; init; } = 128 * 1024;

    /// <summary>How many bytes of songs to keep in memory for listeners at nearly the same position.</summary>
    public long SharedChunkBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>The maximum number of chunks of one stream that may be on their way to the socket at the same time.</summary>
    public int ChunksInFlight { get; init; } = 2;

    /// <summary>The shortest time that a refused requester is asked to wait.</summary>
    public TimeSpan BusyRetryAfter { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How long running streams may continue when the peer stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
