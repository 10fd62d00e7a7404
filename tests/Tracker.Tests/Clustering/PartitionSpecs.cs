using System.Globalization;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks what a cluster of three trackers does when some of them cannot reach each other.</summary>
public sealed class PartitionSpecs
{
    private int _nextPeer = 50;

    [Theory]
    [InlineData(0)] // This tracker runs the id allocator.
    [InlineData(2)]
    public async Task In_a_partition_the_minority_registers_no_hosts_and_answers_while_the_majority_continues(int cut)
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3, canBeCut: true);
        var staying = (cut + 1) % 3;
        var (lonely, ids) = await cluster.ShareAsync(cut, 1, Samples.Songs(4));
        await cluster.ShareAsync(staying, 2, Samples.Songs(4, from: 10));
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.ListsAsync(tracker, songs => songs.Count == 8);

        await cluster.CutAsync(cut);

        // The isolated tracker notices the partition: it still lists the songs that it knows, but registers no hosts.
        await ClusterOfTrackers.UntilAsync(
            async () => await RegistersAsync(cluster, cut) is ErrorCode.Busy, () => "the isolated tracker registers no hosts");
        Assert.Equal(8, (await cluster.ListAsync(cut)).Count);
        Assert.Null(await RegistersAsync(cluster, cut, port: 0));
        Assert.Null(await RegistersAsync(cluster, cut, features: PeerFeatures.Callable));

        // The other trackers continue without the isolated tracker's songs, and assign new ids.
        await cluster.ListsAsync(staying, songs => songs.Count == 4);
        var (_, more) = await cluster.ShareAsync(staying, 3, Samples.Song(78), Samples.Song(79));
        Assert.Empty(more.Intersect(ids));

        // The isolated tracker still lists the songs that it knows. It sends its peers away by answering their shares with BUSY.
        Assert.Equal(8, (await cluster.ListAsync(cut)).Count);
        await lonely.SkipTo(Operation.List);
        await lonely.Send(Operation.Share, 0, Samples.Change([Samples.Song(77)]));
        Assert.Equal(ErrorCode.Busy, (await lonely.SkipTo<Error>(Operation.Error)).Code);

        // A new tracker does not join it, although it is among the seed nodes.
        var fourth = await cluster.AddAsync();
        await ClusterOfTrackers.UntilAsync(() => cluster.Members(fourth) == 3, "the new tracker is a member of the majority");

        // When it reaches the others again, it learns that they have removed it.
        Assert.False(cluster[cut].Removed.IsCompleted);
        await cluster.HealAsync(cut);
        await cluster.RemovedAsync(cut);
        await cluster.KillAsync(cut);

        // A new tracker replaces the isolated one, and the lonely peer returns with its old ids.
        var back = await cluster.AddAsync();
        Assert.Equal(6, (await cluster.ListAsync(back)).Count);
        var (_, again) = await cluster.ShareAsync(back, 1, [.. Samples.Songs(4), Samples.Song(77)]);
        Assert.Equal(ids, again.Take(4));
        var songs = await cluster.ListsAsync(staying, songs => songs.Count == 11);
        Assert.Equal(11, songs.Select(song => song.ContentHash).Distinct().Count());
        Assert.Equal(songs, await cluster.ListsAsync(back, songs => songs.Count == 11));
    }

    [Fact]
    public async Task A_bad_link_between_two_of_three_trackers_costs_only_the_younger_one()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3, canBeCut: true);

        await cluster.CutAsync(0, 1);

        await cluster.RemovedAsync(1);
        await ClusterOfTrackers.UntilAsync(() => cluster.Members(0) == 2 && cluster.Members(2) == 2, "the other two are a cluster");
        Assert.True(cluster.Telemetry(2).Standing.MayRegister);
        Assert.False(cluster[0].IsOver);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)] // The trackers need seconds to notice the bad link.
    public async Task A_peer_that_moves_to_a_tracker_beyond_a_bad_link_stays_listed_on_this_side(bool isNoticed)
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3, canBeCut: true, stableAfter: TimeSpan.FromMinutes(5));
        var (peer, ids) = await cluster.ShareAsync(0, 1, Samples.Songs(4));
        await cluster.ListsAsync(1, songs => songs.Count == 4);
        await cluster.CutAsync(0, 1);
        if (isNoticed)
            await ClusterOfTrackers.UntilAsync(() => cluster.Telemetry(0).Standing.Reachable == 2, "the bad link is noticed");

        Assert.Equal(ids, await cluster.MoveAsync(1, 1, Samples.Songs(4)));
        await peer.Send(Operation.Quit);
        while (await peer.Receive() is not null)
        {
        }

        Assert.Equal(4, (await cluster.ListAsync(0)).Count);
        await ClusterOfTrackers.UntilAsync(() => cluster.Telemetry(0).Standing.Reachable == 2, "the bad link is noticed");
        for (var tracker = 0; tracker < 3; tracker++)
            Assert.Equal(4, (await cluster.ListAsync(tracker)).Count);
        await cluster.HealAsync(0);
        await ClusterOfTrackers.UntilAsync(() => cluster.Telemetry(0).Standing.Reachable == 3, "the link works again");
        Assert.Equal(4, (await cluster.ListAsync(0)).Count);
    }

    [Fact]
    public async Task A_tracker_that_has_lost_both_others_answers_and_joins_with_the_first_that_returns()
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3);
        var (_, ids) = await cluster.ShareAsync(0, 1, Samples.Songs(4));
        await cluster.ShareAsync(1, 2, Samples.Songs(4, from: 10));
        await cluster.ListsAsync(0, songs => songs.Count == 8);
        var address = cluster[1].ClusterAddress!;

        await cluster.KillAsync(1);
        await cluster.KillAsync(2);
        await ClusterOfTrackers.UntilAsync(() => !cluster.Telemetry(0).Standing.MayRegister, "the tracker notices that it is alone");
        Assert.Equal(8, (await cluster.ListAsync(0)).Count);

        // The other one does not return, and still counts as a member until the two have a majority.
        var back = await cluster.AddAsync(clusterPort: int.Parse(address[(address.LastIndexOf(':') + 1)..], CultureInfo.InvariantCulture));
        await ClusterOfTrackers.UntilAsync(() => cluster.Members(0) == 2, "the two are a cluster");
        Assert.False(cluster[0].IsOver);
        var (_, more) = await cluster.ShareAsync(back, 3, Samples.Songs(4, from: 20));
        Assert.Empty(more.Intersect(ids));
        // The songs of the lost tracker stay for a while, so that its peers can return.
        await cluster.ListsAsync(0, songs => songs.Count == 8 && songs.Any(song => more.Contains(song.Id)));
    }

    // Returns null if the tracker registers the peer; otherwise the code of its error.
    // Each attempt is another peer, because a tracker may learn late that an earlier one has gone.
    private async Task<ErrorCode?> RegistersAsync(
        ClusterOfTrackers cluster, int tracker, uint port = 7071, PeerFeatures features = PeerFeatures.None)
    {
        using var client = await RawTspClient.Connect(cluster[tracker].Address);
        var hello = PeerClient.Hello(_nextPeer++, port: port);
        hello.Hello.Features = (ulong)features;
        await client.Send(Operation.Init, 0, hello);
        var answer = (await client.Receive())!.Value;
        return answer.Operation == Operation.Error ? Samples.Body<Error>(answer).Code : null;
    }
}
