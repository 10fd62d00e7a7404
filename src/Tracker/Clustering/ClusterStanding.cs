using System.Collections.Immutable;

namespace TspActors.Tracker.Clustering;

/// <summary>This tracker's standing in its cluster at one moment.</summary>
/// <param name="MayRegister">More than half of the trackers are within reach, so this one registers peers and accepts new songs.</param>
/// <param name="OtherTrackers">host:port of the other trackers that register peers now, in order.</param>
/// <param name="Members">Trackers in the cluster, this one included; 0 = there is no cluster.</param>
/// <param name="Reachable">Those of them that are within reach.</param>
internal sealed record ClusterStanding(bool MayRegister, ImmutableArray<string> OtherTrackers, int Members, int Reachable)
{
    /// <summary>A tracker that is the only one.</summary>
    public static readonly ClusterStanding Single = new(true, [], 0, 0);

    /// <summary>One that is not in its cluster yet.</summary>
    public static readonly ClusterStanding Outside = new(false, [], 0, 0);
}

/// <summary>The newest standing: the ClusterActor writes it, and any thread reads it.</summary>
/// <param name="first">The first standing.</param>
/// <param name="changed">Called with each new standing, on the writer's thread.</param>
internal sealed class PublishedStanding(ClusterStanding first, Action<ClusterStanding>? changed = null)
{
    private volatile ClusterStanding _current = first;

    public ClusterStanding Current
    {
        get => _current;
        set
        {
            _current = value;
            changed?.Invoke(value);
        }
    }
}
