using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class ReplacementSpecs : TrackerSpec
{
    [Fact]
    public async Task A_peer_that_connects_twice_replaces_its_first_connection()
    {
        var (first, secret) = await HostWithSecret(1, Samples.Songs(3));
        var (second, _) = await HostWithSecret(1, [], secret);
        await first.ExpectError(ErrorCode.Replaced);
        await first.ExpectEnd();

        var assigned = await second.Share(Samples.Complete(Samples.Songs(2, from: 2)));
        Assert.Equal([2, 3], assigned.Select(song => song.Id));
        first.Dispose();
        Assert.Equal([2, 3], (await second.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task The_songs_of_the_first_connection_are_withdrawn_and_those_of_the_second_stay()
    {
        var watcher = await Watch();
        var (first, secret) = await HostWithSecret(1, Samples.Songs(2));
        var (second, _) = await HostWithSecret(1, [Samples.Song(2)], secret);
        await watcher.ExpectRemoved(1);
        await first.ExpectError(ErrorCode.Replaced);
        first.FinishSending();
        await first.ExpectEnd();
        await second.Settle();
        // The watcher may still receive broadcasts, so a new connection lists the songs.
        Assert.Equal([2], (await (await Connect()).List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task An_old_connection_that_ends_late_does_not_withdraw_the_songs_of_the_new_one()
    {
        var watcher = await Watch();
        // The old connection neither reads nor closes, and the new connection must not depend on it.
        var (_, secret) = await HostWithSecret(1, Samples.Songs(2));
        var (second, _) = await HostWithSecret(1, Samples.Songs(2), secret);
        _ = await Host(3, Samples.Song(77));
        await watcher.ExpectBroadcast(delta => delta.Changed.Any(song => song.Id == 3));
        Assert.Equal([1, 2, 3], (await second.List()).Songs.Select(song => song.Id));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_stranger_with_a_peers_id_is_refused_while_the_peer_answers(bool guesses)
    {
        var (owner, _) = await HostWithSecret(1, Samples.Songs(3));
        // The owner counts as alive, without a PING, until the tracker reads from it again after the share.
        await owner.Settle();
        var stranger = await Connect();
        var hello = PeerClient.Hello(1, port: 6666);
        if (guesses)
            hello.Hello.Resume = ResumeSecret.NewRandom();
        await stranger.Send(Operation.Init, 0, hello);
        var ping = await owner.Expect(Operation.Ping);
        await owner.Send(Operation.Pong, ping.SongId);

        Assert.True((await stranger.ExpectError(ErrorCode.Forbidden)).Retryable);

        // Both connections are still open, and the songs still have the same host.
        await owner.Settle();
        var songs = (await stranger.List()).Songs;
        Assert.Equal(3, songs.Count);
        Assert.All(songs, song => Assert.Equal(7071u, Assert.Single(song.Hosts).Port));
        await stranger.Register(PeerClient.Hello(2));
    }

    [Fact]
    public async Task Even_without_its_secret_a_peer_replaces_a_connection_that_does_not_answer()
    {
        var silent = await Host(1, Samples.Songs(1));
        var second = await Connect();
        Frame reply;
        do
        {
            // The first connection counts as alive until the tracker reads from it again after the share.
            await second.Send(Operation.Init, 0, PeerClient.Hello(1));
            reply = (await second.Receive())!.Value;
        }
        while (reply.Operation == Operation.Error);
        Assert.Equal(Operation.Init, reply.Operation);
        await second.Expect(Operation.List);
        Assert.Equal(Operation.Ping, (await silent.Expect(Operation.Ping)).Operation);
        await silent.ExpectError(ErrorCode.Replaced);
        await second.Share(Samples.Complete(Samples.Songs(1)));
        Assert.Single((await second.List()).Songs);
    }

    [Fact]
    public async Task The_owner_replaces_a_stranger_that_took_its_id_while_the_owner_was_away()
    {
        var (owner, secret) = await HostWithSecret(1, Samples.Songs(3));
        await owner.Send(Operation.Quit);
        await owner.ExpectEnd();
        var stranger = await Connect();
        await stranger.Register(PeerClient.Hello(1, port: 6666));

        var (again, _) = await HostWithSecret(1, Samples.Songs(3), secret);

        await stranger.ExpectError(ErrorCode.Replaced);
        Assert.All((await again.List()).Songs, song => Assert.Equal(7071u, Assert.Single(song.Hosts).Port));
    }

    [Fact]
    public async Task The_owner_takes_precedence_over_a_stranger_that_claims_its_id()
    {
        var (first, secret) = await HostWithSecret(1, Samples.Songs(1));
        var stranger = await Connect();
        var pinged = first.Expect(Operation.Ping);
        Task refused;
        do
        {
            await stranger.Send(Operation.Init, 0, PeerClient.Hello(1));
            refused = stranger.ExpectError(ErrorCode.Forbidden);
        }
        while (await Task.WhenAny(pinged, refused) != pinged); // Not reading at this moment, so it counts as alive without a PING.

        var (owner, _) = await HostWithSecret(1, Samples.Songs(1), secret);

        await refused;
        await first.ExpectError(ErrorCode.Replaced);
        await owner.Settle();
    }

    [Fact]
    public async Task Each_welcome_contains_a_new_secret_and_invalidates_the_previous_one()
    {
        var (_, old) = await HostWithSecret(1, []);
        var (owner, secret) = await HostWithSecret(1, [], old);
        Assert.Equal(ResumeSecret.Size, secret.Length);
        Assert.NotEqual(old, secret);
        var stranger = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.Resume = old;
        await stranger.Send(Operation.Init, 0, hello);
        var ping = await owner.Expect(Operation.Ping);
        await owner.Send(Operation.Pong, ping.SongId);
        await stranger.ExpectError(ErrorCode.Forbidden);
    }

    [Fact]
    public async Task Exactly_one_of_many_simultaneous_connections_remains_and_works()
    {
        for (var round = 0; round < 20; round++)
        {
            var clients = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Connect()));
            await Task.WhenAll(clients.Select(client => client.Send(Operation.Init, 0, PeerClient.Hello(1))));
            var fates = clients.Select(client => (Fate: WasRefused(client), Client: client)).ToList();
            for (var left = clients.Length; left > 1; left--)
            {
                var refused = await Task.WhenAny(fates.Select(one => one.Fate));
                Assert.True(await refused);
                fates.RemoveAt(fates.FindIndex(one => one.Fate == refused));
            }

            var (fate, survivor) = Assert.Single(fates);
            await survivor.Send(Operation.Share, 0, Samples.Complete(Samples.Song(1)));
            Assert.False(await fate);
            Assert.Single((await survivor.List()).Songs);
            foreach (var client in clients)
                client.Reset();
            await AwaitGone();
        }
    }

    private async Task AwaitGone()
    {
        var watcher = await Connect();
        while ((await watcher.List()).Songs.Count > 0)
            await Task.Yield();
    }

    private async Task<(RawTspClient Client, ByteString Secret)> HostWithSecret(int peer, SharedSong[] songs, ByteString? shown = null)
    {
        var client = await Connect();
        var hello = PeerClient.Hello(peer);
        hello.Hello.Resume = shown ?? ByteString.Empty;
        var welcome = await client.Register(hello);
        if (songs.Length > 0)
            await client.Share(Samples.Complete(songs));
        return (client, welcome.Resume);
    }

    // The registered connection answers its PINGs, so the others are refused.
    private static async Task<bool> WasRefused(RawTspClient client)
    {
        while (await client.Receive() is { } frame)
        {
            switch (frame.Operation)
            {
                case Operation.Ping:
                    await client.Send(Operation.Pong, frame.SongId);
                    break;
                case Operation.Error:
                    Assert.Equal(ErrorCode.Forbidden, Samples.Body<Error>(frame).Code);
                    return true;
                case Operation.Assign:
                    Assert.Equal(1, Assert.Single(Samples.Body<Assign>(frame).Songs).Id);
                    return false;
            }
        }

        throw new EndOfStreamException("The connection ended without an error.");
    }
}
