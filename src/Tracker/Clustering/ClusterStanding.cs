using System.Collections.Immutable;

namespace TspActors.Tracker.Clustering;

/// <summary>How this tracker stands in its cluster, at one moment.</summary>
/// <param name="MayRegister">More than half of the trackers are within reach: peers and new songs are taken.</param>
/// <param name="OtherTrackers">host:port of the others that take peers now, in order.</param>
/// <param name="Members">Trackers in the cluster, this one included; 0 = there is no cluster.</param>
/// <param name="Reachable">Those of them that are within reach.</param>
internal sealed record ClusterStanding(bool MayRegister, ImmutableArray<string> OtherTrackers, int Members, int Reachable)
{
    /// <summary>A tracker that is the only one.</summary>
    public static readonly ClusterStanding Single = new(true, [], 0, 0);

    /// <summary>One that is not in its cluster yet.</summary>
    public static readonly ClusterStanding Outside = new(false, [], 0, 0);
}

/// <summary>Where the newest standing is found: the ClusterActor writes it, every connection reads it at any time.</summary>
/// <param name="first">The first one.</param>
/// <param name="changed">Is told each new one, by the writer.</param>
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
