using TspActors.Media.Library;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>The resources that all streams of a host share.</summary>
/// <param name="FindLeaves">Returns the leaves of a song's Merkle tree, or null when the index has none. Called on pool threads.</param>
/// <param name="Songs">The open songs.</param>
/// <param name="Wheel">The wheel that wakes the streams.</param>
/// <param name="Counts">Counts the sent bytes.</param>
internal sealed record StreamResources(Func<SongFile, byte[]?> FindLeaves, OpenSongs Songs, PaceWheel Wheel, HostingCounts Counts)
    : IDisposable
{
    /// <summary>Creates the resources of one host.</summary>
    public static StreamResources Create(HostingSettings settings, Func<SongFile, byte[]?> findLeaves, HostingCounts counts) => new(
        findLeaves, new OpenSongs(new ChunkCache(settings.SharedChunkBytes), OpenFileLimit.Songs), new PaceWheel(TimeProvider.System),
        counts);

    public void Dispose() => Wheel.Dispose();
}
