using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>
/// Checks how streams and connections end: after STOP, QUIT, a half-close, a reset or a drain, or because a requester reads nothing.
/// </summary>
public sealed class HostEndSpecs(ITestOutputHelper output) : HostSpec(output)
{
    [Fact]
    public async Task STOP_is_answered_with_STOP_and_no_DATA_follows()
    {
        var song = new TestSong(20_000_000);
        await StartHostAsync();
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        await requester.Expect(Operation.Data);
        await requester.Send(Operation.Stop);

        var frames = await requester.ReceiveToEnd();

        Assert.All(frames.SkipLast(1), frame => Assert.True(frame is { Operation: Operation.Data, HasBody: true }));
        Assert.Equal(Operation.Stop, frames[^1].Operation);
        Assert.True(frames.Sum(frame => (long)frame.Body.Length) < song.Payload.Length - 64 * 1024, "the stream was not stopped");
        await AssertIdleAsync();
    }

    [Fact]
    public async Task The_error_about_a_stream_that_fails_carries_the_id_of_its_song()
    {
        await StartHostAsync();
        Share(new TestSong(20_000_000), id: 7);
        using var requester = await ConnectAsync();
        await requester.Send(Play(7, pace: Pace.Realtime));
        await requester.Expect(Operation.Play);

        Sys.Stop(Assert.Single(ChildrenOf(Hosting)));

        Frame? frame;
        while ((frame = await requester.Receive()) is { Operation: Operation.Data })
        {
            // What was sent before the stream failed.
        }

        Assert.Equal((Operation.Error, 7), (frame!.Value.Operation, frame.Value.SongId));
    }

    [Fact]
    public async Task STOP_without_a_stream_is_answered_too()
    {
        await StartHostAsync();
        using var requester = await ConnectAsync();

        await requester.Send(Operation.Stop);

        await requester.Expect(Operation.Stop);
        await requester.ExpectEnd();
    }

    [Fact]
    public async Task QUIT_ends_the_connection()
    {
        await StartHostAsync();
        using var requester = await ConnectAsync();

        await requester.Send(Operation.Quit);

        await requester.ExpectEnd();
    }

    [Fact]
    public async Task A_requester_that_closes_its_sending_side_still_receives_the_whole_song()
    {
        var song = new TestSong(3_000_000);
        await StartHostAsync();
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send(Play(1));
        requester.FinishSending();

        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload, await requester.ReceiveSong());

        await requester.ExpectEnd();
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_connection_reset_during_a_stream_leaves_nothing_behind()
    {
        Share(new TestSong(8_000_000));
        await StartHostAsync();
        for (var i = 0; i < 10; i++)
        {
            using var requester = await ConnectAsync();
            await requester.Send(Play(1));
            await requester.Expect(Operation.Play);
            await requester.Expect(Operation.Data);
            requester.Reset();
        }

        await AssertIdleAsync();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(Listener)));
    }

    [Fact]
    public async Task A_requester_that_reads_nothing_is_disconnected_and_its_stream_ends()
    {
        Share(new TestSong(24_000_000));
        await StartHostAsync(transport: Patient with { StalledWriterTimeout = Soon, CloseTimeout = Soon });
        using var requester = await ConnectAsync(receiveBuffer: 16 * 1024);

        await requester.Send(Play(1));

        await AwaitConditionAsync(async () => (await StatusAsync()).Active == 1, TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(1));
        await AssertIdleAsync();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(Listener)));
    }

    [Fact]
    public async Task A_drain_lets_a_running_stream_finish_and_refuses_later_requests()
    {
        var song = new TestSong(8_000_000);
        Share(song);
        await StartHostAsync();
        using var idle = await ConnectAsync();
        await idle.Send(Operation.Ping, 1);
        await idle.Expect(Operation.Pong);
        using var requester = await ConnectAsync(receiveBuffer: 64 * 1024);
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);

        Hosting.Tell(RefuseStreams.Instance);
        Listener.Tell(new Drain(Never), TestActor);

        Assert.Equal(ErrorCode.ShuttingDown, (await idle.ExpectError()).Code);
        await idle.ExpectEnd();
        using var late = await ConnectAsync();
        Assert.Equal(ErrorCode.ShuttingDown, (await late.ExpectError()).Code);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
        Assert.Equal(ErrorCode.ShuttingDown, (await requester.ExpectError()).Code);
        await requester.ExpectEnd();
        requester.Dispose();
        idle.Dispose();
        await ExpectMsgAsync<Drained>();
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_seek_while_the_host_shuts_down_is_refused()
    {
        Share(new TestSong(8_000_000));
        await StartHostAsync();
        using var requester = await ConnectAsync(receiveBuffer: 64 * 1024);
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Hosting.Tell(RefuseStreams.Instance);
        await StatusAsync();

        await requester.Send(Play(1, 100));

        Frame? frame;
        while ((frame = await requester.Receive()) is { Operation: Operation.Data })
        {
            // The host sent this before it read the PLAY.
        }

        Assert.Equal(ErrorCode.ShuttingDown, RawTspClient.Parse<Error>(frame!.Value).Code);
    }

    [Fact]
    public async Task A_hundred_connections_and_streams_leave_no_actors_or_open_files_behind()
    {
        var song = new TestSong(200_000);
        Share(song);
        await StartHostAsync();
        var random = new Random(3);
        await Parallel.ForEachAsync(Enumerable.Range(0, 100), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, _) =>
        {
            using var requester = await ConnectAsync();
            await requester.Send(Play(1, pieces: i % 2 == 0));
            await requester.Expect(Operation.Play);
            switch (i % 4)
            {
                case 0:
                    Assert.Equal(song.Payload, await requester.ReceiveSong());
                    break;
                case 1:
                    requester.Reset();
                    break;
                case 2:
                    await requester.Send(Operation.Stop);
                    Assert.Equal(Operation.Stop, (await requester.ReceiveToEnd())[^1].Operation);
                    break;
                case 3:
                    await requester.Send(Play(1, 100_000));
                    break;
            }
        });

        await AssertIdleAsync();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(Listener)));
    }
}
