using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>A peer that joins and leaves again and again, as those see it who hear of it.</summary>
public sealed class AmplificationSpecs : TrackerSpec
{
    protected override TrackerSettings Settings => Patient with { Changes = new ChangeLimits() };

    [Fact]
    public async Task A_peer_that_connects_again_causes_no_news_and_a_grant_never_names_one_that_left()
    {
        var watcher = await Watch();
        var asker = await Join(2);
        var peer = await Host(1, Samples.Songs(5));
        Assert.Equal(5, (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Count);
        for (var round = 0; round < 3; round++)
        {
            await peer.Send(Operation.Quit);
            await peer.ExpectEnd();
            // A moment after the end of the connection at most, not seconds.
            do
                await asker.Send(Operation.Play, 1);
            while ((await asker.Receive())!.Value.Operation == Operation.Play);
            peer = await Host(1, Samples.Songs(5));
        }

        // The next news is another peer's.
        await Host(3, Samples.Song(9));
        Assert.Equal([6], (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Select(song => song.Id));
        await peer.Send(Operation.Quit);
        await watcher.ExpectRemoved(1, 2, 3, 4, 5);
    }
}
