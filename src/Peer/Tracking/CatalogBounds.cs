using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>How much of a tracker's catalog a peer keeps in memory. A tracker that lies could send songs for ever.</summary>
/// <param name="CopyBytes">The most bytes of the local copy.</param>
/// <param name="QueuedBytes">The most bytes of changes that wait for the end of a listing.</param>
public sealed record CatalogBounds(long CopyBytes, long QueuedBytes)
{
    // Objects, references and the entry in the dictionary, measured; the texts and hashes are counted as they are encoded.
    private const int SongOverhead = 256;
    private const int HostOverhead = 128;

    private const long MostCopyBytes = 2L << 30;
    private const long DefaultQueuedBytes = 64 << 20;

    // Every page costs something, or pages without songs would never end.
    private const int LeastPage = 1024;

    /// <summary>
    /// The default: a quarter of the memory that this process may use, and 2 GiB at most. A million songs of two hosts each take 0.8 GB.
    /// </summary>
    public static CatalogBounds Default { get; } =
        new(Math.Min(MostCopyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4), DefaultQueuedBytes);

    /// <summary>Returns the memory that a song takes, estimated.</summary>
    public static long Weigh(Song song) => SongOverhead + song.CalculateSize() + HostOverhead * (long)song.Hosts.Count;

    /// <summary>Returns the memory that the songs of a page take, estimated; a page is never free.</summary>
    public static long Weigh(IEnumerable<Song> page) => Math.Max(LeastPage, page.Sum(song => Weigh(song)));

    /// <summary>Returns the memory that a change takes, estimated.</summary>
    public static long Weigh(CatalogDelta delta) => Weigh(delta.Changed) + sizeof(int) * (long)delta.Removed.Count;
}
