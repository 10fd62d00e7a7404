using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>Records which trackers in the cluster cannot reach each other, as far as this tracker knows.</summary>
/// <remarks>
/// Each tracker reports which others it cannot reach. A report counts only while this tracker can reach its sender; otherwise the report
/// may be out of date.
/// </remarks>
/// <param name="self">This tracker.</param>
internal sealed class TrackerLinks(Address self)
{
    private readonly Dictionary<Address, HashSet<Address>> _unreachable = [];

    /// <summary>The trackers that this one cannot reach.</summary>
    public IReadOnlySet<Address> UnreachableFromHere => UnreachableFrom(self);

    /// <summary>Records which trackers a tracker cannot reach.</summary>
    /// <param name="observer">The tracker that reports this; it may be this tracker.</param>
    /// <param name="unreachable">All trackers that the observer cannot reach.</param>
    /// <returns>True if this differs from the tracker's last report.</returns>
    public bool Record(Address observer, IEnumerable<Address> unreachable)
    {
        var reported = unreachable.ToHashSet();
        if (reported.SetEquals(UnreachableFrom(observer)))
            return false;
        _unreachable[observer] = reported;
        return true;
    }

    /// <summary>Forgets the reports of a tracker that is no longer a member.</summary>
    public void Forget(Address tracker) => _unreachable.Remove(tracker);

    /// <summary>Returns true if one of two trackers cannot reach the other.</summary>
    public bool IsCut(Address one, Address other) => Reports(one, other) || Reports(other, one);

    private bool Reports(Address observer, Address tracker) =>
        !UnreachableFromHere.Contains(observer) && UnreachableFrom(observer).Contains(tracker);

    private HashSet<Address> UnreachableFrom(Address observer) => _unreachable.GetValueOrDefault(observer) ?? [];
}
