using TspActors.Configuration;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Hosting;

/// <summary>Reads <see cref="HostingSettings"/> from the tsp.peer.hosting section.</summary>
internal static class HostingSettingsReader
{
    // Room for a StreamStart with up to 1,024 piece hashes, and for the headers of the chunks.
    private const int RoomBesideChunks = 64 * 1024;

    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);

    /// <summary>Reads the section.</summary>
    /// <param name="section">The reader for the section.</param>
    /// <param name="maxQueuedBytes">The maximum number of bytes that one connection may queue, which limits the chunks of a stream.</param>
    public static HostingSettings Read(SettingsReader section, int maxQueuedBytes)
    {
        var settings = new HostingSettings
        {
            MaxStreams = section.Int("max-streams", 0, HostingLimit.Most),
            Limits = HostingLimitsReader.Read(section),
            Access = HostingAccessReader.Read(section),
            StartBurst = section.Duration("start-burst", TimeSpan.Zero, Longest),
            ChunkBytes = (int)section.Bytes("chunk", 1024, 256 * 1024),
            FullSpeedChunkBytes = (int)section.Bytes("full-speed-chunk", 1024, 256 * 1024),
            SharedChunkBytes = section.Bytes("shared-chunks", 0, 1024 * 1024 * 1024),
            ChunksInFlight = section.Int("chunks-in-flight", 1, 64),
            BusyRetryAfter = section.Duration("busy-retry-after", TimeSpan.Zero, Longest),
            DrainTimeout = section.Duration("drain-timeout", TimeSpan.Zero, Longest),
        };
        CheckChunks(section, settings, maxQueuedBytes);
        if (settings.Limits.BusyRetryLongest < settings.BusyRetryAfter)
            section.Reject(
                "busy-retry-longest", "it is shorter than tsp.peer.hosting.busy-retry-after",
                "set a longer time, or shorten busy-retry-after");
        return settings;
    }

    private static void CheckChunks(SettingsReader section, HostingSettings settings, int maxQueuedBytes)
    {
        var chunk = Math.Max(settings.ChunkBytes, settings.FullSpeedChunkBytes);
        if ((long)chunk * settings.ChunksInFlight <= maxQueuedBytes - RoomBesideChunks)
            return;
        section.Reject(
            "chunks-in-flight",
            $"{settings.ChunksInFlight} chunks of {chunk} bytes are more than a connection may queue "
                + $"({maxQueuedBytes} bytes, {RoomBesideChunks} of them for other frames), so every stream would be cut off",
            "lower this setting, or tsp.peer.hosting.chunk and full-speed-chunk, or raise tsp.peer.connections.max-queued");
    }
}
