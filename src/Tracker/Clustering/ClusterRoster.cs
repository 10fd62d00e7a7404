using System.Collections.Immutable;
using Akka.Actor;
using Akka.Cluster;

namespace TspActors.Tracker.Clustering;

/// <summary>The trackers in the cluster, ordered by age, with the state of each.</summary>
/// <remarks>All trackers agree on the order, so "tracker 2" is the same tracker on all of their status pages.</remarks>
/// <param name="self">This tracker.</param>
internal sealed class ClusterRoster(Address self)
{
    private readonly Dictionary<Address, Akka.Cluster.Member> _trackers = [];

    /// <summary>The tracker that assigns new song ids; null = no tracker is fully in the cluster.</summary>
    public Address? Allocator => Oldest?.Address;

    // The singleton runs on the oldest tracker that is fully in the cluster.
    private Akka.Cluster.Member? Oldest => ByAge.FirstOrDefault(tracker => tracker.Status is MemberStatus.Up or MemberStatus.Leaving);

    private IEnumerable<Akka.Cluster.Member> ByAge => _trackers.Values.Order(Akka.Cluster.Member.AgeOrdering);

    /// <summary>Adds a tracker, or records its new state.</summary>
    public void Set(Akka.Cluster.Member tracker) => _trackers[tracker.Address] = tracker;

    /// <summary>Removes a tracker.</summary>
    public void Remove(Address tracker) => _trackers.Remove(tracker);

    /// <summary>Returns the trackers, oldest first.</summary>
    /// <param name="unreachable">The trackers that cannot be reached.</param>
    /// <param name="incomplete">The trackers whose songs this one does not have yet.</param>
    public ImmutableArray<ClusterMember> List(ImmutableHashSet<Address> unreachable, HashSet<Address> incomplete)
    {
        var oldest = Oldest;
        return
        [
            .. ByAge.Select(tracker => new ClusterMember(
                tracker.Address.Equals(self),
                $"{tracker.Status}".ToLowerInvariant(),
                !unreachable.Contains(tracker.Address),
                tracker.Equals(oldest),
                tracker.Status != MemberStatus.Joining && !incomplete.Contains(tracker.Address))),
        ];
    }
}
