using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class HeartbeatSpecs : TrackerSpec
{
    protected override TrackerSettings Settings =>
        Patient with { HeartbeatInterval = Soon, Transport = Patient.Transport with { CloseTimeout = Soon } };

    [Fact]
    public async Task A_silent_peer_is_pinged_twice_and_then_removed_with_its_songs()
    {
        var silent = await Host(1, Samples.Songs(2));
        Assert.Equal(1, (await silent.Expect(Operation.Ping)).SongId);
        Assert.Equal(2, (await silent.Expect(Operation.Ping)).SongId);
        await silent.ExpectError(ErrorCode.Timeout);
        await silent.ExpectEnd();
        silent.Dispose();

        var watcher = await Connect();
        SongPage page;
        do
        {
            page = await watcher.List();
        }
        while (page.Songs.Count > 0);
        await watcher.Send(Operation.Play, 1);
        await watcher.ExpectError(ErrorCode.NoHost);
    }

    [Fact]
    public async Task A_peer_that_answers_its_pings_stays_registered()
    {
        var peer = await Host(1, Samples.Songs(2));
        for (var answered = 0; answered < 8; answered++)
            await peer.Send(Operation.Pong, (await peer.Expect(Operation.Ping)).SongId);
        await peer.Send(Operation.List);
        var frame = await peer.ReceiveAnsweringPings();
        Assert.Equal(2, Samples.Body<SongPage>(frame).Songs.Count);
    }

    [Fact]
    public async Task The_welcome_states_the_heartbeat_interval()
    {
        var client = await Connect();
        Assert.Equal(200u, (await client.Register(PeerClient.Hello(1))).HeartbeatIntervalMs);
    }

    [Fact]
    public async Task A_PING_is_answered_with_a_PONG_that_has_the_same_id()
    {
        var client = await Connect();
        await client.Send(Operation.Ping, int.MaxValue);
        Assert.Equal(int.MaxValue, (await client.Expect(Operation.Pong)).SongId);
    }
}
