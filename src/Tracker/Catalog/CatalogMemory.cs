namespace TspActors.Tracker.Catalog;

/// <summary>Estimates the live memory of the catalog and its index from their contents.</summary>
/// <remarks>
/// Calibrated with a million songs from 1,000 peers (docs/performance.md). Data that several hosts have in common is counted once for each
/// of them, so the estimate errs on the high side.
/// </remarks>
internal static class CatalogMemory
{
    /// <summary>The memory that a registered peer and its connection use, in bytes.</summary>
    public const int OfPeer = 40_000;

    /// <summary>The memory that an id and its content hash use, in bytes. They are never dropped.</summary>
    public const int OfId = 64;

    /// <summary>
    /// The additional memory that each copy of a live feed uses, in bytes: for its distance and, at the source, for a title of up to 1,024
    /// bytes of UTF-8. The title is always counted at its maximum length, so that a new title is never refused.
    /// </summary>
    public const int OfFeed = 300 + (2 * 1024);

    private const int OfSong = 60;
    private const int OfCopy = 80;

    // Tags are stored once as facts, and about once more as search terms.
    private const int IndexedFactor = 2;

    /// <summary>Returns the memory that a song and its first host use.</summary>
    public static int OfFirst(byte[] facts) => OfSong + OfCopy + (IndexedFactor * facts.Length);

    /// <summary>Returns the memory that each additional host of a song uses.</summary>
    public static int OfFurther(byte[] facts) => OfCopy + facts.Length;
}
