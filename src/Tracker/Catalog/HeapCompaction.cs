using System.Diagnostics;

namespace TspActors.Tracker.Catalog;

/// <summary>Decides when the heap is compacted: when a large catalog has become twice, or half, as large as it was the last time.</summary>
/// <remarks>
/// While it grows, index segments and tree nodes that are soon replaced outlive the young generations, and leave holes as large as what lives; the collector alone does not
/// close them. A compaction stops everything meanwhile, which is why it is tied to growth: a catalog that merely changes never pays for it.
/// </remarks>
internal sealed class HeapCompaction
{
    private const int SmallestCatalog = 100_000;

    private int _tidiedAt = SmallestCatalog / 2;

    /// <summary>Takes the number of songs there are now.</summary>
    /// <returns>True when it is time.</returns>
    public bool IsDue(int songs)
    {
        if (songs < 2 * (long)_tidiedAt && (songs > _tidiedAt / 2 || _tidiedAt <= SmallestCatalog / 2))
            return false;
        _tidiedAt = Math.Max(songs, SmallestCatalog / 2);
        return true;
    }

    /// <summary>Compacts the heap and gives back what it does not need.</summary>
    /// <returns>How long everything stood still for it.</returns>
    public static TimeSpan Tidy()
    {
        var begun = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Stopwatch.GetElapsedTime(begun);
    }
}
