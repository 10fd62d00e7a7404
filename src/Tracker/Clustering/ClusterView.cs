using System.Collections.Immutable;
using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>The cluster as this tracker sees it: its members, which of them are unreachable, and where peers reach each one.</summary>
/// <param name="self">This tracker.</param>
/// <param name="expected">The intended number of trackers; 0 = the number of members.</param>
internal sealed class ClusterView(Address self, int expected)
{
    private readonly HashSet<Address> _members = [];
    private ImmutableHashSet<Address> _unreachable = [];
    private readonly Dictionary<Address, string> _reachedAt = [];
    private readonly ClusterRoster _roster = new(self);

    /// <summary>The members besides this tracker.</summary>
    public IEnumerable<Address> Others => _members.Where(member => !member.Equals(self));

    /// <summary>Whether this tracker is a member.</summary>
    public bool IsIn => _members.Contains(self);

    /// <summary>This tracker.</summary>
    public Address Self => self;

    /// <summary>The tracker that assigns new song ids; null = none yet.</summary>
    public Address? Allocator => _roster.Allocator;

    /// <summary>The number of members, including this tracker.</summary>
    public int Members => _members.Count;

    /// <summary>Returns whether a tracker is a member.</summary>
    public bool IsMember(Address tracker) => _members.Contains(tracker);

    /// <summary>Adds a member.</summary>
    public void Up(Address tracker) => _members.Add(tracker);

    /// <summary>Removes a member.</summary>
    public void Removed(Address tracker)
    {
        _members.Remove(tracker);
        _unreachable = _unreachable.Remove(tracker);
        _reachedAt.Remove(tracker);
        _roster.Remove(tracker);
    }

    /// <summary>Records the state of a tracker, which need not be a member yet (<see cref="ClusterRoster"/>).</summary>
    public void Changed(Akka.Cluster.Member tracker) => _roster.Set(tracker);

    /// <summary>Records which trackers this one cannot reach. Reports from other trackers are ignored here.</summary>
    public void CannotReach(ImmutableHashSet<Address> trackers) => _unreachable = trackers;

    /// <summary>The members that this tracker can reach, including itself.</summary>
    public IEnumerable<Address> Reached => _members.Where(member => !_unreachable.Contains(member));

    /// <summary>Records where peers reach a tracker; empty = peers must not be sent there.</summary>
    public void Heard(Address tracker, string publicAddress) => _reachedAt[tracker] = publicAddress;

    /// <summary>Returns this tracker's standing.</summary>
    /// <param name="incomplete">The trackers whose songs this one does not have yet.</param>
    public ClusterStanding Standing(HashSet<Address> incomplete)
    {
        var reachable = Reached.Count();
        return new ClusterStanding(
            IsIn && reachable * 2 > Math.Max(_members.Count, expected),
            [.. Others.Where(member => !_unreachable.Contains(member)).Select(member => _reachedAt.GetValueOrDefault(member,
                "")).Where(address => address.Length > 0).Order(StringComparer.Ordinal)],
            _members.Count,
            reachable)
        {
            Trackers = _roster.List(_unreachable, incomplete),
        };
    }
}
