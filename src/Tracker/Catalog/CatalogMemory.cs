namespace TspActors.Tracker.Catalog;

/// <summary>What the parts of the catalog take in memory, index included, reckoned from what they hold: what lives, whatever the collector has not given back yet.</summary>
/// <remarks>Measured at a million songs of 1,000 peers (docs/performance.md); what hosts share is counted for each of them, so it is rather too much than too little.</remarks>
internal static class CatalogMemory
{
    /// <summary>A registered peer with its connection.</summary>
    public const int OfPeer = 40_000;

    /// <summary>An id and its hash, which are never forgotten.</summary>
    public const int OfId = 64;

    private const int OfSong = 60;
    private const int OfCopy = 80;

    // Tags are kept once as they are told and about once more as words.
    private const int IndexedFactor = 2;

    /// <summary>A song with its first host.</summary>
    public static int OfFirst(byte[] facts) => OfSong + OfCopy + (IndexedFactor * facts.Length);

    /// <summary>A further host of it.</summary>
    public static int OfFurther(byte[] facts) => OfCopy + facts.Length;
}
