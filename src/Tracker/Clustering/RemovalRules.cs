using System.Numerics;
using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>A member of the cluster that may have to be removed.</summary>
/// <param name="Tracker">Its address.</param>
/// <param name="Votes">Whether it counts towards the majority. A member that is still joining does not.</param>
/// <param name="IsReplaced">Whether its process has certainly ended, because a new one at the same address is asking to join.</param>
internal readonly record struct RemovalCandidate(Address Tracker, bool Votes, bool IsReplaced = false);

/// <summary>Decides which members the cluster gives up on (docs/decisions/0081).</summary>
/// <remarks>
/// The largest group of trackers that all reach each other stays, if it has a majority. Of two groups of the same size, the one with the
/// oldest tracker stays, so one bad link costs only one tracker. A group without a majority removes nobody; its members answer from their
/// own copies of the catalog until they reach the others again. Only the group's oldest tracker acts, once nothing has changed for a while.
/// </remarks>
/// <param name="self">This tracker.</param>
/// <param name="expected">The intended number of trackers; 0 = the number of members.</param>
/// <param name="stableAfter">How long a decision must stay the same before it is carried out.</param>
internal sealed class RemovalRules(Address self, int expected, TimeSpan stableAfter)
{
    /// <summary>
    /// Up to this number of members, all groups are compared; beyond it, one group is collected, starting with the oldest member.
    /// </summary>
    private const int MostToCompare = 14;

    // If this tracker's own process was paused for longer, the others could not reach it, and its view is out of date.
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(3);

    private HashSet<Address> _pending = [];
    private TimeSpan _since;
    private TimeSpan _last;

    /// <summary>Returns the trackers that this one must remove from the cluster now. Call it about once a second.</summary>
    /// <param name="members">The members that have not been given up on yet, including this tracker, oldest first.</param>
    /// <param name="links">Which of the members cannot reach each other.</param>
    /// <param name="now">A reading of a monotonic clock.</param>
    public IReadOnlyCollection<Address> Decide(IReadOnlyList<RemovalCandidate> members, TrackerLinks links, TimeSpan now)
    {
        var removed = Removable(members, links).ToHashSet();
        var hasPaused = now - _last > LongestPause;
        _last = now;
        if (hasPaused || !removed.SetEquals(_pending))
            (_pending, _since) = (removed, now);
        return now - _since >= stableAfter ? removed : [];
    }

    private IEnumerable<Address> Removable(IReadOnlyList<RemovalCandidate> members, TrackerLinks links)
    {
        var replaced = members.Where(member => member.IsReplaced).Select(member => member.Tracker).ToList();
        var alive = members.Where(member => !member.IsReplaced).ToList();
        var group = LargestGroup(alive, links);
        // A group that has the majority only together with a replaced member has no rival: that member is asking to join this group.
        if (!group.Any(IsSelf) && replaced.Count > 0 && group.Count(member => member.Votes) * 2 <= CountOf(members))
            group = LargestGroup([.. alive.Where(member => IsSelf(member) || !links.IsCut(self, member.Tracker))], links);
        var isOldest = group.FirstOrDefault(member => member.Votes) is { Tracker: not null } oldest && IsSelf(oldest);
        return isOldest && HasMajority(members, alive, group)
            ? alive.Except(group).Select(member => member.Tracker).Concat(replaced)
            : [];
    }

    private bool IsSelf(RemovalCandidate member) => member.Tracker.Equals(self);

    private int CountOf(IEnumerable<RemovalCandidate> members) =>
        Math.Max(members.Count(member => member.Votes || member.IsReplaced), expected);

    // The new process of a replaced member is in no cluster, so it cannot belong to another majority.
    private bool HasMajority(IReadOnlyList<RemovalCandidate> members, List<RemovalCandidate> alive, List<RemovalCandidate> group)
    {
        var votes = group.Count(member => member.Votes) + members.Count(member => member.IsReplaced);
        var all = CountOf(members);
        return votes * 2 > all || (all == 2 && group.Contains(alive.First(member => member.Votes)));
    }

    private static List<RemovalCandidate> LargestGroup(List<RemovalCandidate> members, TrackerLinks links)
    {
        if (members.Count > MostToCompare)
        {
            var collected = new List<RemovalCandidate>();
            foreach (var member in members)
            {
                if (collected.TrueForAll(other => !links.IsCut(member.Tracker, other.Tracker)))
                    collected.Add(member);
            }

            return collected;
        }

        // Bit 0 stands for the youngest member, so that, of two groups, the one with the older members has the larger number.
        var count = members.Count;
        RemovalCandidate At(int bit) => members[count - 1 - bit];
        var reached = Enumerable.Range(0, count).Select(one => Enumerable.Range(0, count).Where(
            other => one == other || !links.IsCut(At(one).Tracker, At(other).Tracker)).Aggregate(0u, (bits, other) => bits | (1u << other)))
            .ToArray();
        var voting = Enumerable.Range(0, count).Where(bit => At(bit).Votes).Aggregate(0u, (bits, bit) => bits | (1u << bit));
        bool ReachEachOther(uint group) =>
            Enumerable.Range(0, count).All(bit => (group & (1u << bit)) == 0 || (group & ~reached[bit]) == 0);
        var best = Enumerable.Range(0, 1 << count).Select(bits => (uint)bits).Where(ReachEachOther).Max(
            group => (BitOperations.PopCount(group & voting), BitOperations.PopCount(group), group)).Item3;
        return [.. Enumerable.Range(0, count).Reverse().Where(bit => (best & (1u << bit)) != 0).Select(At)];
    }
}
