using Akka.Actor;
using Akka.Cluster;
using Akka.Event;
using TspActors.Tracker.Clustering.Wire;

namespace TspActors.Tracker.Clustering;

/// <summary>Joins the cluster of the seed nodes, or starts one when that cannot create a second cluster.</summary>
/// <remarks>
/// Akka lets only the first seed node start a cluster, and only when its process starts. In addition, this tracker starts one when enough
/// seed nodes report that they are in no cluster (so that none with a majority can exist), and this tracker is the first of them in the
/// list. Trackers thus find each other again after all of them were separated, regardless of the order in which they start.
/// </remarks>
internal sealed class SeedNodes
{
    /// <summary>
    /// The number of consecutive checks that must agree, because a tracker that has just started may not reply immediately.
    /// </summary>
    private const int RoundsInAgreement = 3;
    private static readonly TimeSpan Round = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ActorSystem _system;
    private readonly Cluster _cluster;
    private readonly IReadOnlyList<Address> _seeds;
    private readonly int _majority;

    /// <param name="system">This tracker's actor system.</param>
    /// <param name="seeds">All seed nodes; this tracker may be one of them.</param>
    /// <param name="expected">The intended number of trackers; 0 = the number of seed nodes.</param>
    public SeedNodes(ActorSystem system, IReadOnlyList<Address> seeds, int expected) =>
        (_system, _cluster, _seeds, _majority) = (system, Cluster.Get(system), seeds, (Math.Max(expected, seeds.Count) / 2) + 1);

    private IEnumerable<Address> Others => _seeds.Where(seed => !seed.Equals(_cluster.SelfAddress));

    /// <summary>Joins the cluster.</summary>
    /// <param name="begin">Whether this tracker may start a new cluster if it is the first seed node and no other one replies.</param>
    /// <param name="ended">Completes when this tracker can no longer become a member.</param>
    /// <param name="ending">Cancels the wait.</param>
    public async Task JoinAsync(bool begin, Task ended, CancellationToken ending)
    {
        var joining = _cluster.JoinSeedNodesAsync(begin ? _seeds : Others, ending);
        for (var (round, agreed) = (0, 0); ; round++)
        {
            await Task.WhenAny(joining, ended, Task.Delay(Round, ending)).ConfigureAwait(false);
            if (joining.IsCompleted || ended.IsCompleted)
                break;
            ending.ThrowIfCancellationRequested();
            agreed = await MayBeginAsync().ConfigureAwait(false) ? agreed + 1 : 0;
            if (agreed == RoundsInAgreement)
                _cluster.Join(_cluster.SelfAddress);
            if (round == 5 || (round > 0 && round % 30 == 0))
                _system.Log.Warning(
                    "no other tracker of the cluster accepts this one yet; still asking {0}",
                    string.Join(", ", Others.Select(seed => $"{seed.Host}:{seed.Port}")));
        }

        if (joining.IsCompleted)
            await joining.ConfigureAwait(false);
    }

    // True when a majority of the trackers, including this one, is known to be in no cluster, none reports that it is in one, and this
    // tracker is the first of that majority in the list.
    private async Task<bool> MayBeginAsync()
    {
        if (!_seeds.Contains(_cluster.SelfAddress))
            return false;
        var answers = await Task.WhenAll(
            Others.Select(async seed => (seed, Membership: await AskAsync(seed).ConfigureAwait(false)))).ConfigureAwait(false);
        var outside = answers.Where(
            answer => answer.Membership is { IsIn: false }).Select(answer => answer.seed).Append(_cluster.SelfAddress).ToHashSet();
        return answers.All(answer => answer.Membership is not { IsIn: true })
            && outside.Count >= _majority
            && _seeds.First(outside.Contains).Equals(_cluster.SelfAddress);
    }

    private async Task<Membership?> AskAsync(Address seed)
    {
        try
        {
            return await ClusterPaths.ClusterActorAt(_system, seed).Ask<Membership>(new GetMembership(), Patience).ConfigureAwait(false);
        }
        catch (AskTimeoutException)
        {
            return null;
        }
    }
}
