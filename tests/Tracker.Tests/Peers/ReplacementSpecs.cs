using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class ReplacementSpecs : TrackerSpec
{
    [Fact]
    public async Task A_peer_that_connects_twice_replaces_its_first_connection()
    {
        var first = await Host(1, Samples.Songs(3));
        var second = await Join(1);
        await first.ExpectError(ErrorCode.Replaced);
        await first.ExpectEnd();

        var assigned = await second.Share(Samples.Complete(Samples.Songs(2, from: 2)));
        Assert.Equal([2, 3], assigned.Select(song => song.Id));
        first.Dispose();
        Assert.Equal([2, 3], (await second.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task The_first_connections_songs_are_withdrawn_and_the_seconds_stay()
    {
        var watcher = await Watch();
        var first = await Host(1, Samples.Songs(2));
        var second = await Host(1, Samples.Song(2));
        await watcher.ExpectRemoved(1);
        await first.ExpectError(ErrorCode.Replaced);
        first.FinishSending();
        await first.ExpectEnd();
        await second.Settle();
        Assert.Equal([2], (await watcher.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task An_old_connection_that_ends_late_does_not_withdraw_the_new_ones_songs()
    {
        var watcher = await Watch();
        // The old client neither reads nor closes, and the new one must not depend on it.
        await Host(1, Samples.Songs(2));
        var second = await Host(1, Samples.Songs(2));
        _ = await Host(3, Samples.Song(77));
        await watcher.ExpectBroadcast(delta => delta.Changed.Any(song => song.Id == 3));
        Assert.Equal([1, 2, 3], (await second.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task Exactly_one_of_many_simultaneous_connections_remains_and_it_works()
    {
        for (var round = 0; round < 20; round++)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Connect()));
            await Task.WhenAll(clients.Select(client => client.Send(Operation.Init, 0, PeerClient.Hello(1))));
            var fates = clients.Select(client => (Fate: WasReplaced(client), Client: client)).ToList();
            for (var left = clients.Length; left > 1; left--)
            {
                var replaced = await Task.WhenAny(fates.Select(one => one.Fate));
                Assert.True(await replaced);
                fates.RemoveAt(fates.FindIndex(one => one.Fate == replaced));
            }

            var (fate, survivor) = Assert.Single(fates);
            await survivor.Send(Operation.Share, 0, Samples.Complete(Samples.Song(1)));
            Assert.False(await fate);
            Assert.Single((await survivor.List()).Songs);
            foreach (var client in clients)
                client.Reset();
        }
    }

    // A connection that is replaced while it waits for another to end gets no welcome.
    private static async Task<bool> WasReplaced(RawTspClient client)
    {
        while (await client.Receive() is { } frame)
        {
            switch (frame.Operation)
            {
                case Operation.Error:
                    Assert.Equal(ErrorCode.Replaced, Samples.Body<Error>(frame).Code);
                    await client.ExpectEnd();
                    client.FinishSending();
                    return true;
                case Operation.Assign:
                    Assert.Equal(1, Assert.Single(Samples.Body<Assign>(frame).Songs).Id);
                    return false;
            }
        }

        throw new EndOfStreamException("The connection ended without an error.");
    }
}
