using System.Net;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Tests clusters whose common list of seed nodes names one tracker, so that the others cannot be found without it.</summary>
public sealed class OnlySeedSpecs
{
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task The_only_seed_node_that_starts_again_gives_way_to_the_others_and_joins_them(int trackers)
    {
        var (cluster, port) = await ClusterOfTrackers.StartWithOneSeedAsync(trackers);
        await using var _ = cluster;

        await cluster.StopAsync(0);
        var alone = await cluster.AddAsync(port);
        Assert.Equal(1, cluster.Members(alone));
        await cluster.RemovedAsync(alone);
        await cluster.KillAsync(alone);

        var back = await cluster.AddAsync(port, begins: false);
        Assert.Equal(trackers, cluster.Members(back));
    }

    [Fact]
    public async Task A_member_that_starts_again_with_a_wrong_list_is_found_before_its_former_self_is_removed()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3, stableAfter: TimeSpan.FromMinutes(5));
        var address = cluster[0].ClusterAddress!;

        await cluster.KillAsync(0);
        var wrong = await cluster.AddAsync(IPEndPoint.Parse(address).Port, onlySeed: address);

        await Assert.ThrowsAsync<ClusterMismatchException>(() => cluster.RemovedAsync(wrong));
    }

    [Fact]
    public async Task The_only_seed_node_also_gives_way_after_a_crash()
    {
        var (cluster, port) = await ClusterOfTrackers.StartWithOneSeedAsync(3);
        await using var _ = cluster;

        await cluster.KillAsync(0);
        await cluster.RemovedAsync(await cluster.AddAsync(port));
    }
}
