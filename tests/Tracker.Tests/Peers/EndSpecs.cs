using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

public sealed class EndSpecs : TrackerSpec
{
    [Fact]
    public async Task Quit_withdraws_the_songs_immediately_even_if_the_peer_does_not_close_the_connection()
    {
        var watcher = await Watch();
        var leaving = await Host(1, Samples.Songs(2));
        await leaving.Send(Operation.Quit);
        // The close timeout is a minute, so the removal below does not depend on the connection's end.
        await watcher.ExpectRemoved(1, 2);
        Assert.Empty((await watcher.List()).Songs);
        await leaving.ExpectEnd();
    }

    [Fact]
    public async Task Requests_before_a_quit_are_answered_first()
    {
        var client = await Host(1, Samples.Songs(1));
        await client.Send((byte[])[.. FrameEncoder.Encode(Operation.List), .. FrameEncoder.Encode(Operation.Quit),
            .. FrameEncoder.Encode(Operation.List)]);
        Assert.Single((await client.Expect<SongPage>(Operation.List)).Songs);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task A_peer_that_closes_its_sending_side_receives_its_replies_and_leaves()
    {
        var watcher = await Watch();
        var client = await Host(1, Samples.Songs(1));
        await client.Send(Operation.Info, 1);
        client.FinishSending();
        await client.Expect(Operation.Info);
        await client.ExpectEnd();
        await watcher.ExpectRemoved(1);
    }

    [Fact]
    public async Task A_tracker_that_stops_notifies_its_peers_and_waits_for_them_to_leave()
    {
        var stranger = await Connect();
        await stranger.Settle();
        var peer = await Host(1, Samples.Songs(1));
        var stopping = _tracker.StopAsync();
        foreach (var client in new[] { stranger, peer })
        {
            Assert.True((await client.ExpectError(ErrorCode.ShuttingDown)).Retryable);
            await client.ExpectEnd();
            client.FinishSending();
        }

        await stopping;
        var late = await Connect();
        await late.ExpectError(ErrorCode.ShuttingDown);
    }

    [Fact]
    public async Task A_tracker_that_loses_its_listening_socket_reports_it_and_can_be_stopped()
    {
        var telemetry = new TrackerTelemetry();
        await StartTracker(Settings, telemetry);
        Assert.True(telemetry.Readiness.IsReady);
        Assert.False(_tracker.Lost.IsCompleted);

        System.ActorSelection("/user/tsp").Tell(Kill.Instance);
        await _tracker.Lost.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal([$"the tracker no longer listens on {_tracker.Address}"], telemetry.Readiness.Missing);
        await _tracker.StopAsync();
    }

    [Fact]
    public async Task A_stopped_tracker_does_not_report_a_lost_socket()
    {
        var telemetry = new TrackerTelemetry();
        await StartTracker(Settings, telemetry);
        await _tracker.StopAsync();
        Assert.False(_tracker.Lost.IsCompleted);
        Assert.Equal(["the tracker is going down"], telemetry.Readiness.Missing);
    }

    [Fact]
    public async Task When_the_peer_registry_fails_every_peer_is_disconnected_and_may_register_again()
    {
        var peer = await Host(1, Samples.Songs(2));
        System.ActorSelection("/user/peers").Tell(new JoinPeer(null!, false, new Welcome(), ActorRefs.Nobody, ActorRefs.Nobody));
        Assert.True((await peer.ExpectError(ErrorCode.Internal)).Retryable);
        await peer.ExpectEnd();
        var again = await Host(1, Samples.Song(1));
        Assert.Equal([1], (await again.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task When_the_tracker_actor_fails_every_peer_is_disconnected_and_may_register_again()
    {
        var peer = await Host(1, Samples.Songs(2));
        System.ActorSelection("/user/tracker").Tell(new Status.Failure(new InvalidOperationException("the merge has failed")));
        Assert.True((await peer.ExpectError(ErrorCode.Internal)).Retryable);
        await peer.ExpectEnd();
        var again = await Host(1, Samples.Song(1));
        Assert.Equal([1], (await again.List()).Songs.Select(song => song.Id));
    }

    [Fact]
    public async Task When_a_peers_actor_fails_only_that_peer_is_disconnected()
    {
        var watcher = await Watch();
        var peer = await Host(1, Samples.Songs(2));
        var other = await Host(2, Samples.Song(5));
        System.ActorSelection($"/user/peers/{Samples.Peer(1)}").Tell(Kill.Instance);
        await peer.ExpectError(ErrorCode.Internal);
        await peer.ExpectEnd();
        await watcher.ExpectRemoved(1, 2);
        Assert.Equal([3], (await other.List()).Songs.Select(song => song.Id));
    }
}
