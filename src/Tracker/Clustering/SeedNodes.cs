using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Joins the cluster of the seed nodes, or starts one if doing so cannot create a second cluster.</summary>
/// <remarks>
/// Akka lets only the first seed node start a cluster, and only when that node's process starts. In addition, this tracker starts a cluster
/// when enough seed nodes report that they are not in a cluster (so no cluster with a majority can exist), and this tracker is the first of
/// them in the list. Trackers therefore find each other again after all of them have been separated, regardless of the order in which they
/// start. After a removal, a tracker whose list names no other tracker waits until a member of its cluster asks for its membership.
/// </remarks>
internal sealed class SeedNodes
{
    /// <summary>
    /// The number of consecutive checks that must agree, because a tracker that has just started may not reply immediately.
    /// </summary>
    private const int RoundsInAgreement = 3;

    /// <summary>
    /// After this many rounds in which only trackers outside any cluster have requested this one's membership, this tracker may begin. A
    /// member would have requested it by then, because members do so every 5 s.
    /// </summary>
    private const int RoundsWithoutMember = 15;

    /// <summary>
    /// After this many rounds without a request from any tracker, this tracker may begin, because it may be the only one. Most outages are
    /// shorter than that.
    /// </summary>
    private const int RoundsWithoutCaller = 150;

    /// <summary>The maximum number of members that one reply may name.</summary>
    private const int MostReachable = 64;

    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan FirstPatience = TimeSpan.FromMilliseconds(500);

    private readonly ActorSystem _system;
    private readonly Cluster _cluster;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly bool _namesOthers;
    private readonly ClusterCallers _callers;
    private readonly int _majority;
    private readonly SharedSettings _settings;

    /// <param name="system">This tracker's actor system.</param>
    /// <param name="seeds">All seed nodes; this tracker may be one of them.</param>
    /// <param name="callers">The trackers that have asked for this one's membership.</param>
    /// <param name="expected">The intended number of trackers; 0 = the number of seed nodes.</param>
    /// <param name="settings">The settings that must be the same on all trackers.</param>
    public SeedNodes(
        ActorSystem system, IReadOnlyList<Address> seeds, ClusterCallers callers, int expected, SharedSettings settings)
    {
        (_system, _cluster, _seeds, _callers, _majority, _settings) =
            (system, Cluster.Get(system), seeds, callers, (Math.Max(expected, seeds.Count) / 2) + 1, settings);
        _namesOthers = seeds.Any(seed => !seed.Equals(_cluster.SelfAddress));
    }

    private IEnumerable<Address> Others =>
        _namesOthers ? _seeds.Where(seed => !seed.Equals(_cluster.SelfAddress)) : _callers.Members;

    private int RoundsAlone => _callers.IsAwaited ? RoundsWithoutMember : RoundsWithoutCaller;

    /// <summary>Joins the cluster.</summary>
    /// <param name="begin">Whether this tracker may start a new cluster if it is the first seed node and no other seed node replies. It
    ///   must not do so after it has been removed; in that case, it also waits until it reaches all members of the cluster, so that it is
    ///   not removed again.</param>
    /// <param name="ended">Completes when this tracker can no longer become a member.</param>
    /// <param name="ending">Cancels the wait.</param>
    /// <exception cref="ClusterMismatchException">A setting differs from another tracker's.</exception>
    public async Task JoinAsync(bool begin, Task ended, CancellationToken ending)
    {
        List<Address> chosen;
        do
        {
            if (!begin && !_namesOthers)
                begin = await AwaitCallerAsync(ended, ending).ConfigureAwait(false);
            if (!begin)
                await ReachAllAsync(ended, ending).ConfigureAwait(false);
            if (ended.IsCompleted)
                return;
            // Empty if the callers are gone.
            chosen = await ChooseAsync(begin).ConfigureAwait(false);
        }
        while (chosen.Count == 0);
        var joining = _cluster.JoinSeedNodesAsync(chosen, ending);
        for (var (round, agreed) = (0, 0); ; round++)
        {
            var replies = Ask(Others);
            await Task.WhenAny(joining, ended, Task.WhenAll(replies)).ConfigureAwait(false);
            var known = replies.Where(reply => reply.IsCompletedSuccessfully).Select(reply => reply.Result).ToList();
            CheckSettings(known);
            if (!joining.IsCompleted && !ended.IsCompleted)
                await Task.WhenAny(joining, ended, Task.Delay(Round, ending)).ConfigureAwait(false);
            if (joining.IsCompleted || ended.IsCompleted)
                break;
            ending.ThrowIfCancellationRequested();
            var majority = MajorityOf(known);
            agreed = round > 0 && (_namesOthers ? MayBegin(known) : majority.Count == 0) ? agreed + 1 : 0;
            if (agreed >= (_namesOthers ? RoundsInAgreement : RoundsAlone))
            {
                agreed = 0;
                _cluster.Join(_cluster.SelfAddress);
            }
            else if (!_namesOthers && majority.Count > 0 && !majority.Intersect(chosen).Any())
            {
                // The trackers that this one has tried to join are gone, and there are new callers.
                chosen = majority;
                _cluster.JoinSeedNodes(chosen);
            }

            if (round == 5 || (round > 0 && round % 30 == 0))
                _system.Log.Warning("no other tracker of the cluster accepts this one yet; still asking {0}", ListOf(Others));
        }

        if (joining.IsCompleted)
            await joining.ConfigureAwait(false);
    }

    // The members of a cluster ask every few seconds. If only trackers outside any cluster ask, they are waiting for this one to begin.
    private async Task<bool> AwaitCallerAsync(Task ended, CancellationToken ending)
    {
        for (var round = 0; !ended.IsCompleted && _callers.Members.Count == 0; round++)
        {
            if (round >= RoundsAlone)
                return true;
            if (round % 30 == RoundsInAgreement)
                _system.Log.Warning("waiting for a tracker of the cluster: the list of seed nodes names no other tracker that this one could ask");
            await Task.WhenAny(ended, Task.Delay(Round, ending)).ConfigureAwait(false);
            ending.ThrowIfCancellationRequested();
        }

        return false;
    }

    // Prefers trackers that reach the majority of their cluster, because a tracker that is cut off from the majority cannot admit another
    // tracker.
    private async Task<List<Address>> ChooseAsync(bool begin)
    {
        var replies = Ask(Others);
        await Task.WhenAny(Task.WhenAll(replies), Task.Delay(FirstPatience)).ConfigureAwait(false);
        var majority = MajorityOf(replies.Where(reply => reply.IsCompletedSuccessfully).Select(reply => reply.Result));
        return majority.Count > 0 ? majority
            : !begin ? [.. Others]
            : _seeds.Count > 0 ? [.. _seeds]
            : [_cluster.SelfAddress];
    }

    private static List<Address> MajorityOf(IEnumerable<Reply> replies) =>
        [.. replies.Where(reply => reply.Membership is { IsIn: true, HasMajority: true }).Select(reply => reply.Tracker)];

    // With a bad link to one of the members, this tracker would be removed again and again, and each removal would interrupt its peers.
    private async Task ReachAllAsync(Task ended, CancellationToken ending)
    {
        for (var round = 0; !ended.IsCompleted; round++)
        {
            var replies = await Task.WhenAll(Ask(Others)).ConfigureAwait(false);
            CheckSettings(replies);
            var members = replies.Where(reply => reply.Membership is { IsIn: true })
                .SelectMany(reply => TrackerText.Parse(reply.Membership!.Reachable, _cluster.SelfAddress, MostReachable))
                .Where(member => !member.Equals(_cluster.SelfAddress)).ToHashSet();
            members.ExceptWith(replies.Where(reply => reply.Membership is not null).Select(reply => reply.Tracker));
            var missed = (await Task.WhenAll(Ask(members)).ConfigureAwait(false)).Where(reply => reply.Membership is null)
                .Select(reply => reply.Tracker).ToList();
            if (missed.Count == 0)
                return;
            if (round % 30 == 0)
                _system.Log.Warning(
                    "waiting to join the cluster again: {0} can be reached from other members, but not from here", ListOf(missed));
            await Task.WhenAny(ended, Task.Delay(Round, ending)).ConfigureAwait(false);
            ending.ThrowIfCancellationRequested();
        }
    }

    // Returns true if a majority of the trackers, including this one, is known not to be in any cluster, no tracker reports that it is in
    // one, and this tracker is the first of that majority in the list.
    private bool MayBegin(IReadOnlyCollection<Reply> replies)
    {
        if (!_seeds.Contains(_cluster.SelfAddress))
            return false;
        var outside = replies.Where(reply => reply.Membership is { IsIn: false }).Select(reply => reply.Tracker)
            .Append(_cluster.SelfAddress).ToHashSet();
        return replies.All(reply => reply.Membership is not { IsIn: true })
            && outside.Count >= _majority
            && _seeds.First(outside.Contains).Equals(_cluster.SelfAddress);
    }

    private void CheckSettings(IEnumerable<Reply> replies)
    {
        foreach (var (tracker, membership) in replies)
        {
            var address = TrackerText.Of(tracker);
            if (membership is not null && _settings.DifferenceFrom(address, membership) is { } difference
                && _settings.GiveWay(0, TrackerText.Of(_cluster.SelfAddress), address, membership))
                throw new ClusterMismatchException(difference);
        }
    }

    private List<Task<Reply>> Ask(IEnumerable<Address> trackers)
    {
        var own = new Membership { Uid = _cluster.SelfUniqueAddress.Uid };
        _settings.AddTo(own);
        return [.. trackers.Select(tracker => AskAsync(tracker, own))];
    }

    private async Task<Reply> AskAsync(Address tracker, Membership own)
    {
        try
        {
            return new Reply(tracker, await ClusterPaths.ClusterActorAt(_system, tracker)
                .Ask<Membership>(new GetMembership { Sender = own }, Patience).ConfigureAwait(false));
        }
        catch (AskTimeoutException)
        {
            return new Reply(tracker, null);
        }
    }

    private static string ListOf(IEnumerable<Address> trackers) => string.Join(", ", trackers.Select(TrackerText.Of));

    // Null = the tracker did not reply.
    private sealed record Reply(Address Tracker, Membership? Membership);
}
