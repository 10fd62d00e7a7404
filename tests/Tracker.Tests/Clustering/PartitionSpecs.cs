using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>One of three trackers is cut off from the others, while all of them run: no id is given out twice.</summary>
public sealed class PartitionSpecs
{
    [Theory]
    [InlineData(0)] // It has the allocator of ids.
    [InlineData(2)]
    public async Task The_smaller_part_registers_nothing_new_and_goes_and_the_greater_goes_on(int cut)
    {
        await using var cluster = await ClusterOfTrackers.StartAsync(3, canBeCut: true);
        var staying = (cut + 1) % 3;
        var (lonely, ids) = await cluster.ShareAsync(cut, 1, Samples.Songs(4));
        await cluster.ShareAsync(staying, 2, Samples.Songs(4, from: 10));
        for (var tracker = 0; tracker < 3; tracker++)
            await cluster.ListsAsync(tracker, songs => songs.Count == 8);

        await cluster.CutAsync(cut);

        // The lonely one finds out: it answers lists from what it knows, and registers nobody.
        await ClusterOfTrackers.UntilAsync(
            async () => await RegistersAsync(cluster, cut) is ErrorCode.Busy, () => "the lonely tracker registers nobody");
        Assert.Equal(8, (await cluster.ListAsync(cut)).Count);
        Assert.Null(await RegistersAsync(cluster, cut, port: 0));
        // It has not the time to wait for ids: it goes before.
        await lonely.Send(Operation.Share, 0, Samples.Change([Samples.Song(77)]));
        await cluster.RemovedAsync(cut);

        // The others go on without its songs, and number new ones.
        await cluster.ListsAsync(staying, songs => songs.Count == 4);
        var (_, more) = await cluster.ShareAsync(staying, 3, Samples.Song(78), Samples.Song(79));
        Assert.Empty(more.Intersect(ids));

        // It comes back as a new member, and its peer with the ids that it had.
        var back = await cluster.AddAsync();
        Assert.Equal(6, (await cluster.ListAsync(back)).Count);
        var (_, again) = await cluster.ShareAsync(back, 1, [.. Samples.Songs(4), Samples.Song(77)]);
        Assert.Equal(ids, again.Take(4));
        var songs = await cluster.ListsAsync(staying, songs => songs.Count == 11);
        Assert.Equal(11, songs.Select(song => song.ContentHash).Distinct().Count());
        Assert.Equal(songs, await cluster.ListsAsync(back, songs => songs.Count == 11));
    }

    // Null: it does.
    private static async Task<ErrorCode?> RegistersAsync(ClusterOfTrackers cluster, int tracker, uint port = 7071)
    {
        using var client = await TspClient.Connect(cluster[tracker].Address);
        await client.Send(Operation.Init, 0, PeerClient.Hello(50, port: port));
        var answer = (await client.Receive())!.Value;
        return answer.Operation == Operation.Error ? Samples.Body<Error>(answer).Code : null;
    }
}
