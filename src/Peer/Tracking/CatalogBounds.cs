using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>
/// Limits how much of a tracker's catalog a peer keeps or passes on, because a malicious tracker could send songs forever.
/// </summary>
/// <param name="CopyBytes">The maximum size, in bytes, of the catalog that is passed on to the gateway, and of any list.</param>
/// <param name="QueuedBytes">The maximum size, in bytes, of the changes that are queued until a listing ends or the gateway has applied the
///   earlier changes.</param>
public sealed record CatalogBounds(long CopyBytes, long QueuedBytes)
{
    // The measured overhead of objects, references and the dictionary entry. Strings and hashes are counted at their encoded size.
    private const int SongOverhead = 256;
    private const int HostOverhead = 128;

    private const long MostCopyBytes = 2L << 30;
    private const long DefaultQueuedBytes = 64 << 20;

    // Each page counts as at least this many bytes. Otherwise, a tracker could send pages without songs forever.
    private const int LeastPage = 1024;

    /// <summary>
    /// The default: a quarter of the memory that this process may use, but at most 2 GiB. A million songs with two hosts each need 0.8 GB.
    /// </summary>
    public static CatalogBounds Default { get; } =
        new(Math.Min(MostCopyBytes, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4), DefaultQueuedBytes);

    /// <summary>Returns the estimated memory that a song needs, in bytes.</summary>
    public static long Weigh(Song song) => SongOverhead + song.CalculateSize() + HostOverhead * (long)song.Hosts.Count;

    /// <summary>Returns the estimated memory that the songs on a page need; never zero.</summary>
    public static long Weigh(IEnumerable<Song> page) => Math.Max(LeastPage, page.Sum(song => Weigh(song)));

    /// <summary>Returns the estimated memory that a change needs.</summary>
    public static long Weigh(CatalogDelta delta) => Weigh(delta.Changed) + sizeof(int) * (long)delta.Removed.Count;
}
