using System.Diagnostics;

namespace TspActors.Tracker.Catalog;

/// <summary>Decides when the heap is compacted: when a large catalog has become twice, or half, as large as it was the last time.</summary>
/// <remarks>
/// While it grows, index segments and tree nodes that are soon replaced outlive the young generations, and leave holes as large as what
/// lives; the collector alone does not close them. A compaction stops everything meanwhile, which is why it is tied to growth: a catalog
/// that merely changes never pays for it.
/// </remarks>
internal sealed class HeapCompaction
{
    private const int SmallestCatalog = 100_000;

    private int _songsAtLast = SmallestCatalog / 2;

    /// <summary>Decides for the present number of songs.</summary>
    /// <returns>True when the heap should be compacted now; that number counts as the last one then.</returns>
    public bool IsDue(int songs)
    {
        if (songs < 2 * (long)_songsAtLast && (songs > _songsAtLast / 2 || _songsAtLast <= SmallestCatalog / 2))
            return false;
        _songsAtLast = Math.Max(songs, SmallestCatalog / 2);
        return true;
    }

    /// <summary>Compacts the heap and returns free memory to the operating system.</summary>
    /// <returns>How long the whole process stood still.</returns>
    public static TimeSpan Run()
    {
        var begun = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Stopwatch.GetElapsedTime(begun);
    }
}
