using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// Decides whether this tracker leaves its cluster for another one: trackers that were started out of each other's reach may have begun two
/// clusters.
/// </summary>
/// <remarks>
/// Only a cluster without a majority ends, because it has registered no peer. The larger cluster stays; of two equal ones, the one with the
/// lower address.
/// </remarks>
/// <param name="expected">How many trackers there should be; 0 = not known, and then neither cluster ends.</param>
internal sealed class OtherClusterWatch(int expected)
{
    /// <summary>A tracker learns late that another one belongs to the same cluster, so one report is not enough.</summary>
    private const int TimesHeard = 3;

    private readonly Dictionary<Address, int> _heard = [];

    /// <summary>Notes what a tracker that is not a member here says of its cluster.</summary>
    /// <returns>True when this tracker should join that cluster.</returns>
    public bool Hears(ClusterView view, Address tracker, bool isIn, int members)
    {
        if (!isIn || !view.IsIn || view.IsMember(tracker) || expected == 0 || view.Members * 2 > expected
            || !IsGreater(view, tracker, members))
        {
            _heard.Remove(tracker);
            return false;
        }

        return (_heard[tracker] = _heard.GetValueOrDefault(tracker) + 1) >= TimesHeard;
    }

    private static bool IsGreater(ClusterView view, Address tracker, int members) =>
        members != view.Members ? members > view.Members : string.CompareOrdinal(tracker.ToString(), view.Self.ToString()) < 0;
}
