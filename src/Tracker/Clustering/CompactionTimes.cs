namespace TspActors.Tracker.Clustering;

/// <summary>The times at which each tracker of a cluster may compact its heap, so that they do not all pause together.</summary>
/// <remarks>
/// The trackers have the same songs, so their catalogs double at about the same time. Each tracker may begin a compaction only in its own
/// intervals, one tracker after the other, oldest first. This needs no messages, only clocks that agree to within a second or two. If
/// they do not, or while a tracker joins or leaves, two trackers may still pause together.
/// </remarks>
internal static class CompactionTimes
{
    /// <summary>The time from the beginning of one tracker's interval to that of the next tracker's.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How far into its interval a tracker may still begin. The rest is for the pause, which is a second at most
    /// (<see cref="TspActors.Tracker.Catalog.HeapCompaction.LongestPause"/>), and for clocks that differ.
    /// </summary>
    public static readonly TimeSpan LatestBeginning = TimeSpan.FromSeconds(2);

    /// <summary>Returns how long this tracker must wait before it may compact its heap; zero = it may do so now.</summary>
    /// <param name="now">The time.</param>
    /// <param name="standing">This tracker's standing in its cluster.</param>
    public static TimeSpan WaitAt(DateTimeOffset now, ClusterStanding standing)
    {
        var trackers = standing.Trackers.Length;
        var position = standing.Trackers.TakeWhile(tracker => !tracker.IsSelf).Count();
        if (trackers < 2 || position == trackers)
            return TimeSpan.Zero;
        var round = Interval.Ticks * trackers;
        var sinceOwn = (now.UtcTicks - (Interval.Ticks * position)) % round;
        return sinceOwn <= LatestBeginning.Ticks ? TimeSpan.Zero : TimeSpan.FromTicks(round - sinceOwn);
    }
}
