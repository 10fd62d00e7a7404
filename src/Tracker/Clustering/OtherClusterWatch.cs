using Akka.Actor;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Decides whether this tracker leaves its cluster for another one. Trackers that could not reach each other at startup may have formed two
/// clusters.
/// </summary>
/// <remarks>
/// If the intended number of trackers is known, only a cluster without a majority gives way, because it has registered no peers. It gives
/// way to a larger cluster, or to one of the same size whose reporting tracker has a lower address than this tracker. If the number is
/// unknown, both clusters may have peers. A cluster then gives way only to one that is not cut off from more than half of its members. The
/// cluster that is itself cut off gives way, or else the smaller one. If both are the same size, the one with the seed node gives way,
/// because the seed node started that cluster alone when it restarted.
/// </remarks>
/// <param name="expected">The intended number of trackers; 0 = unknown.</param>
/// <param name="namesOnlySelf">Whether this tracker's list of seed nodes names no other tracker.</param>
internal sealed class OtherClusterWatch(int expected, bool namesOnlySelf)
{
    /// <summary>
    /// The number of reports needed. One is not enough, because a tracker may learn late that another one belongs to the same cluster.
    /// </summary>
    private const int ReportsNeeded = 3;

    private readonly Dictionary<Address, int> _reports = [];

    /// <summary>Records a report about another cluster, sent by a tracker that is not a member here.</summary>
    /// <param name="view">This tracker's cluster.</param>
    /// <param name="hasMajority">Whether this tracker reaches the majority of its cluster.</param>
    /// <param name="tracker">The tracker that sent the report.</param>
    /// <param name="membership">The report.</param>
    /// <returns>True if this tracker should join that cluster.</returns>
    public bool RecordReport(ClusterView view, bool hasMajority, Address tracker, Membership membership)
    {
        if (!membership.IsIn || !view.IsIn || view.IsMember(tracker) || !IsPreferred(view, hasMajority, tracker, membership))
        {
            _reports.Remove(tracker);
            return false;
        }

        return (_reports[tracker] = _reports.GetValueOrDefault(tracker) + 1) >= ReportsNeeded;
    }

    /// <summary>
    /// Returns true if, while this tracker was cut off, a member of its cluster restarted and is now in another cluster that has a
    /// majority. The others then no longer count this tracker as a member, and no failing connection would reveal this.
    /// </summary>
    /// <param name="hasMajority">Whether this tracker reaches the majority of its cluster.</param>
    /// <param name="memberUid">The Akka UID under which the reporting tracker is a member here; null = it is not a member.</param>
    /// <param name="membership">The tracker's report.</param>
    public static bool IsSuperseded(bool hasMajority, long? memberUid, Membership membership) =>
        !hasMajority && memberUid is { } member && membership is { IsIn: true, HasMajority: true, Uid: not 0 } && membership.Uid != member;

    private bool IsPreferred(ClusterView view, bool hasMajority, Address tracker, Membership other)
    {
        if (expected > 0)
            return view.Members * 2 <= expected
                && (other.Members != view.Members
                    ? other.Members > view.Members
                    : string.CompareOrdinal(tracker.ToString(), view.Self.ToString()) < 0);
        return other.HasMajority
            && (!hasMajority || other.Members > view.Members || (other.Members == view.Members && namesOnlySelf));
    }
}
