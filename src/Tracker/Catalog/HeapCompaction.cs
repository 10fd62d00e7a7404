using System.Diagnostics;

namespace TspActors.Tracker.Catalog;

/// <summary>Decides when to compact the heap: when a large catalog has doubled or halved in size.</summary>
/// <remarks>
/// While the catalog grows, index segments and tree nodes live just long enough to reach the oldest generation. When they are replaced,
/// they leave gaps that together are as large as the live data, and that the garbage collector does not close on its own. A compaction
/// pauses the whole process, so the decision depends on the catalog's size: a catalog that changes without growing or shrinking much is
/// never compacted, and neither is one so large that other trackers in the cluster could mistake the pause for a failure. If a catalog
/// shrinks and grows again all the time, the pauses take at most a thousandth of the time. In a cluster, the trackers compact one after
/// another (<see cref="TspActors.Tracker.Clustering.CompactionTimes"/>). Times are readings of one monotonic clock.
/// </remarks>
internal sealed class HeapCompaction
{
    private const int SmallestCatalog = 100_000;

    /// <summary>The longest pause that is accepted. The other trackers wait four times as long for a message by default.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    private const int TimeBetween = 1_000;

    private int _songsAtLast = SmallestCatalog / 2;

    // Measured on a slow machine: 0.95 s with 635,000 songs. A catalog may become large in one step, before the first compaction.
    private TimeSpan _pausePerSong = TimeSpan.FromMilliseconds(950) / 635_000;

    private TimeSpan _notBefore = TimeSpan.MinValue;
    private int _mostSongs;

    /// <summary>Decides whether to compact the heap at this number of songs.</summary>
    /// <returns>True if the heap should be compacted now. The number becomes the new reference whenever it has doubled or halved.</returns>
    public bool IsDue(int songs, TimeSpan now)
    {
        if (now < _notBefore && songs < 2 * (long)_mostSongs)
            return false;
        if (songs < 2 * (long)_songsAtLast && (songs > _songsAtLast / 2 || _songsAtLast <= SmallestCatalog / 2))
            return false;
        _songsAtLast = Math.Max(songs, SmallestCatalog / 2);
        return IsShort(songs);
    }

    /// <summary>Predicts from the last pause, or the estimate, whether the pause with this number of songs would be short enough.</summary>
    public bool IsShort(int songs) => _pausePerSong * songs <= LongestPause;

    /// <summary>Records how long the process was paused with this number of songs, to predict the next pause.</summary>
    public void Paused(TimeSpan pause, int songs, TimeSpan now)
    {
        _pausePerSong = pause / Math.Max(1, songs);
        _notBefore = now + (TimeBetween * pause);
        _mostSongs = Math.Max(_mostSongs, songs);
    }

    /// <summary>Compacts the heap and returns free memory to the operating system.</summary>
    /// <returns>How long the whole process was paused.</returns>
    public static TimeSpan Run()
    {
        var begun = Stopwatch.GetTimestamp();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        return Stopwatch.GetElapsedTime(begun);
    }
}
