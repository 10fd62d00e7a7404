namespace TspActors.Tracker.Clustering;

/// <summary>
/// Decides how long a tracker stays away from a cluster that has removed it repeatedly, for example because a link keeps failing.
/// </summary>
/// <remarks>Each removal interrupts this tracker's peers; while the tracker is away, they stay at the other trackers.</remarks>
/// <param name="time">The clock.</param>
internal sealed class RejoinPause(TimeProvider time)
{
    /// <summary>A second removal within this time after the first one is followed by a pause.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    /// <summary>The first pause.</summary>
    public static readonly TimeSpan Shortest = TimeSpan.FromMinutes(1);

    /// <summary>The pause doubles up to this value each time the tracker is removed again within the window.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromMinutes(8);

    private long? _removedAt;
    private TimeSpan _pause;

    /// <summary>Records that the cluster has removed this tracker.</summary>
    /// <returns>How long the tracker stays away.</returns>
    public TimeSpan AfterRemoval()
    {
        // The pause itself does not count as time since the removal.
        var isAgain = _removedAt is { } before && time.GetElapsedTime(before) < Window + _pause;
        _removedAt = time.GetTimestamp();
        _pause = !isAgain ? TimeSpan.Zero : _pause == TimeSpan.Zero ? Shortest : _pause * 2 < Longest ? _pause * 2 : Longest;
        return _pause;
    }
}
