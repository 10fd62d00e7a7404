using System.Collections.Immutable;

namespace TspActors.Tracker.Clustering;

/// <summary>This tracker's standing in its cluster at one moment.</summary>
/// <param name="MayRegister">True if more than half of the trackers are reachable, so this one may register peers and accept new
///   songs.</param>
/// <param name="OtherTrackers">The addresses of the other trackers to which peers may be sent now, sorted
///   (<see cref="TspActors.Tracker.Peers.TrackerAddressText"/>).</param>
/// <param name="Members">The number of trackers in the cluster, including this one; 0 = there is no cluster.</param>
/// <param name="Reachable">The number of members that are reachable, including this one.</param>
internal sealed record ClusterStanding(bool MayRegister, ImmutableArray<string> OtherTrackers, int Members, int Reachable)
{
    /// <summary>Every tracker in the cluster, oldest first, including those that are joining or leaving.</summary>
    public ImmutableArray<ClusterMember> Trackers { get; init; } = [];

    /// <summary>The standing of a single tracker.</summary>
    public static readonly ClusterStanding Single = new(true, [], 0, 0);

    /// <summary>The standing of a tracker that has not joined its cluster yet.</summary>
    public static readonly ClusterStanding Outside = new(false, [], 0, 0);
}

/// <summary>The newest standing. The ClusterActor writes it, and any thread may read it.</summary>
/// <param name="first">The first standing.</param>
/// <param name="changed">Called with each new standing, on the writer's thread.</param>
internal sealed class PublishedStanding(ClusterStanding first, Action<ClusterStanding>? changed = null)
{
    private volatile ClusterStanding _current = first;
    private long _progress;

    public ClusterStanding Current
    {
        get => _current;
        set
        {
            _current = value;
            changed?.Invoke(value);
        }
    }

    /// <summary>A number that grows while songs and ids that this tracker lacks arrive from other trackers.</summary>
    public long Progress => Volatile.Read(ref _progress);

    /// <summary>Records that some of these songs or ids have arrived.</summary>
    public void Advance() => Interlocked.Increment(ref _progress);
}
