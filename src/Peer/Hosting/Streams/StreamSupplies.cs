using TspActors.Media.Library;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>What all streams of a host share.</summary>
/// <param name="Leaves">Gives the leaves of a song's Merkle tree, off the actors' threads; null where the index has none.</param>
/// <param name="Songs">The songs that are open.</param>
/// <param name="Wheel">Wakes the streams when something is due.</param>
internal sealed record StreamSupplies(Func<SongFile, byte[]?> Leaves, OpenSongs Songs, PaceWheel Wheel) : IDisposable
{
    /// <summary>The supplies of one host.</summary>
    public static StreamSupplies For(HostingSettings settings, Func<SongFile, byte[]?> leaves) =>
        new(leaves, new OpenSongs(new ChunkCache(settings.SharedChunkBytes), OpenFileLimit.Songs), new PaceWheel(TimeProvider.System));

    public void Dispose() => Wheel.Dispose();
}
