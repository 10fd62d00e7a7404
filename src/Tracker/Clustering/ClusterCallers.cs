using System.Collections.Immutable;
using Akka.Actor;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The trackers that have asked this one for its membership. A tracker whose list of seed nodes names no other tracker finds its cluster
/// through them.
/// </summary>
/// <remarks>Written by the ClusterActor, and read while this tracker joins.</remarks>
internal sealed class ClusterCallers
{
    private const int Most = 64;

    private volatile ImmutableHashSet<Address> _members = [];
    private volatile bool _isAwaited;

    /// <summary>The callers that are in a cluster with a majority.</summary>
    public IReadOnlyCollection<Address> Members => _members;

    /// <summary>Whether a tracker that is not in a cluster has requested the membership.</summary>
    public bool IsAwaited => _isAwaited;

    /// <summary>Records a tracker's request for the membership.</summary>
    public void Record(Address tracker, Membership membership)
    {
        if (!membership.IsIn)
            _isAwaited = true;
        _members = membership is not { IsIn: true, HasMajority: true } ? _members.Remove(tracker)
            : _members.Count < Most ? _members.Add(tracker)
            : _members;
    }
}
