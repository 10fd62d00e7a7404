namespace TspActors.Tracker.Catalog;

/// <summary>Estimates the live memory of the catalog and its index from their contents.</summary>
/// <remarks>
/// Calibrated with a million songs from 1,000 peers (docs/performance.md). Data that several hosts have in common is counted once for each
/// of them, so the estimate is high rather than low.
/// </remarks>
internal static class CatalogMemory
{
    /// <summary>The memory of a registered peer with its connection.</summary>
    public const int OfPeer = 40_000;

    /// <summary>The memory of an id and its content hash, which are never dropped.</summary>
    public const int OfId = 64;

    /// <summary>
    /// The additional memory of each copy of a live feed: its distance and, for the source, a title of up to 1,024 bytes of UTF-8. The
    /// title is counted in full, so that a change of it is never refused.
    /// </summary>
    public const int OfFeed = 300 + (2 * 1024);

    private const int OfSong = 60;
    private const int OfCopy = 80;

    // Tags are stored once as facts, and about once more as search terms.
    private const int IndexedFactor = 2;

    /// <summary>Returns the memory of a song with its first host.</summary>
    public static int OfFirst(byte[] facts) => OfSong + OfCopy + (IndexedFactor * facts.Length);

    /// <summary>Returns the memory of each additional host of a song.</summary>
    public static int OfFurther(byte[] facts) => OfCopy + facts.Length;
}
