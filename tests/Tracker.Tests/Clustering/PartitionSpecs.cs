using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks that no id is assigned twice when one of three trackers loses its connections to the others.</summary>
public sealed class PartitionSpecs
{
    [Theory]
    [InlineData(0)] // This tracker runs the id allocator.
    [InlineData(2)]
    public async Task In_a_partition_the_minority_registers_no_hosts_and_leaves_while_the_majority_continues(int cut)
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
        // The isolated tracker leaves before its request for ids is answered.
        await lonely.Send(Operation.Share, 0, Samples.Change([Samples.Song(77)]));
        await cluster.RemovedAsync(cut);

        // The other trackers continue without the isolated tracker's songs, and assign new ids.
        await cluster.ListsAsync(staying, songs => songs.Count == 4);
        var (_, more) = await cluster.ShareAsync(staying, 3, Samples.Song(78), Samples.Song(79));
        Assert.Empty(more.Intersect(ids));

        // A new tracker replaces the isolated one, and the lonely peer returns with its old ids.
        var back = await cluster.AddAsync();
        Assert.Equal(6, (await cluster.ListAsync(back)).Count);
        var (_, again) = await cluster.ShareAsync(back, 1, [.. Samples.Songs(4), Samples.Song(77)]);
        Assert.Equal(ids, again.Take(4));
        var songs = await cluster.ListsAsync(staying, songs => songs.Count == 11);
        Assert.Equal(11, songs.Select(song => song.ContentHash).Distinct().Count());
        Assert.Equal(songs, await cluster.ListsAsync(back, songs => songs.Count == 11));
    }

    // Returns null if the tracker registers the peer; otherwise the code of its error.
    private static async Task<ErrorCode?> RegistersAsync(
        ClusterOfTrackers cluster, int tracker, uint port = 7071, PeerFeatures features = PeerFeatures.None)
    {
        using var client = await RawTspClient.Connect(cluster[tracker].Address);
        var hello = PeerClient.Hello(50, port: port);
        hello.Hello.Features = (ulong)features;
        await client.Send(Operation.Init, 0, hello);
        var answer = (await client.Receive())!.Value;
        return answer.Operation == Operation.Error ? Samples.Body<Error>(answer).Code : null;
    }
}
