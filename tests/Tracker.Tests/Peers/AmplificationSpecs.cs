using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Peers;

/// <summary>Checks what other peers see of a peer that keeps joining and leaving.</summary>
public sealed class AmplificationSpecs : TrackerSpec
{
    protected override TrackerSettings Settings => Patient with { Changes = new ChangeLimits() };

    [Fact]
    public async Task A_peer_that_reconnects_causes_no_broadcast_and_its_songs_are_not_granted_while_it_is_away()
    {
        var watcher = await Watch();
        var asker = await Join(2);
        var peer = await Host(1, Samples.Songs(5));
        Assert.Equal(5, (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Count);
        for (var round = 0; round < 3; round++)
        {
            await peer.Send(Operation.Quit);
            await peer.ExpectEnd();
            // The tracker stops granting the song a moment after the connection ends.
            do
                await asker.Send(Operation.Play, 1);
            while ((await asker.Receive())!.Value.Operation == Operation.Play);
            peer = await Host(1, Samples.Songs(5));
        }

        // The next broadcast is about another peer.
        await Host(3, Samples.Song(9));
        Assert.Equal([6], (await watcher.Expect<CatalogDelta>(Operation.BroadcastList)).Changed.Select(song => song.Id));
        await peer.Send(Operation.Quit);
        await watcher.ExpectRemoved(1, 2, 3, 4, 5);
    }
}
