using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>Decides whether this tracker gives its cluster up for another one: trackers that were started out of each other's reach may have begun two.</summary>
/// <remarks>Only one without a majority ends, for it has registered nobody: for the greater one, and of equal ones for that of the lesser address.</remarks>
/// <param name="expected">How many trackers there are to be; 0 = not known: then neither ends.</param>
internal sealed class OtherClusterWatch(int expected)
{
    /// <summary>A tracker is told of late that it belongs to the same cluster.</summary>
    private const int TimesHeard = 3;

    private readonly Dictionary<Address, int> _heard = [];

    /// <summary>A tracker that is no member here says whether it is in a cluster.</summary>
    /// <returns>True when this tracker is to join that one's.</returns>
    public bool Hears(ClusterView view, Address tracker, bool isIn, int members)
    {
        if (!isIn || !view.IsIn || view.IsMember(tracker) || expected == 0 || view.Members * 2 > expected || !IsGreater(view, tracker, members))
        {
            _heard.Remove(tracker);
            return false;
        }

        return (_heard[tracker] = _heard.GetValueOrDefault(tracker) + 1) >= TimesHeard;
    }

    private static bool IsGreater(ClusterView view, Address tracker, int members) =>
        members != view.Members ? members > view.Members : string.CompareOrdinal(tracker.ToString(), view.Self.ToString()) < 0;
}
