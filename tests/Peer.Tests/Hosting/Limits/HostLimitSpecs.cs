using System.Diagnostics;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Configuration;
using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting.Limits;

/// <summary>Checks the limits of a running host.</summary>
public sealed class HostLimitSpecs(ITestOutputHelper output) : HostSpec(output)
{
    // Requesters may retry almost immediately, and queue places do not expire.
    private static readonly HostingSettings Queueing = Quick with
    {
        MaxStreams = 1,
        BusyRetryAfter = TimeSpan.FromMilliseconds(1),
        Limits = new HostingLimits { QueuePlaceGrace = Never, SlotHold = Never, BusyRetryLongest = TimeSpan.FromMilliseconds(50) },
    };

    private readonly TestSong _long = new(20_000_000);

    [Fact]
    public async Task Waiting_requesters_are_served_in_the_order_they_arrived()
    {
        await StartHostAsync(Queueing);
        Share(_long);
        using var running = await StartStreamAsync(Play(1));
        var (ben, cat) = (Play(1, requester: PeerId.NewRandom()), Play(1, requester: PeerId.NewRandom()));
        var next = await RefusalAsync(ben);
        Assert.Equal(("1st in the queue: the only stream is taken", 1U), (next.Message, next.QueuePlace));
        var last = await RefusalAsync(cat);
        Assert.StartsWith("2nd", last.Message, StringComparison.Ordinal);
        Assert.Equal(2U, last.QueuePlace);

        running.Dispose();
        await AwaitActiveAsync(0);

        Assert.Equal("2nd in the queue: free slots are held for requesters that are already waiting", (await RefusalAsync(cat)).Message);
        using (await StartStreamAsync(ben))
            Assert.StartsWith("1st", (await RefusalAsync(cat)).Message, StringComparison.Ordinal);
        await AwaitActiveAsync(0);
        using var served = await StartStreamAsync(cat);
    }

    [Fact]
    public async Task Addresses_that_take_all_streams_and_read_nothing_do_not_keep_other_networks_out()
    {
        await StartHostAsync(Queueing with { MaxStreams = 20 });
        Share(_long);
        var hostile = new List<RawTspClient>();
        for (var n = 0; n < 20; n++)
        {
            hostile.Add(await RawTspClient.Connect(Address, receiveBuffer: 64 * 1024, IPAddress.Parse($"127.0.1.{1 + (n % 2)}")));
            await hostile[^1].Send(Play(1));
            await AwaitActiveAsync(n + 1);
        }

        using var honest = await RawTspClient.Connect(Address, receiveBuffer: 64 * 1024, IPAddress.Parse("127.0.2.1"));
        await honest.Send(Play(1));

        await honest.Expect(Operation.Play);
        await AwaitActiveAsync(20);
        // The newest of the hostile streams was ended early.
        Assert.DoesNotContain(await hostile[^1].ReceiveToEnd(), frame => frame.IsEndOfSong);
        hostile.ForEach(one => one.Dispose());
    }

    [Fact]
    public async Task A_requester_that_seeks_keeps_its_slot_even_while_others_wait()
    {
        await StartHostAsync(Queueing);
        Share(_long);
        // In real time, because at full speed the song might end before a busy host sees the next seek.
        using var running = await StartStreamAsync(Play(1, pace: Pace.Realtime));
        using var waiting = await ConnectAsync();
        var peer = PeerId.NewRandom();
        for (var offset = 1; offset <= 50; offset++)
        {
            await running.Send(Play(1, offset, Pace.Realtime));
            await waiting.Send(Play(1, requester: peer));
            Frame? frame;
            while ((frame = await running.Receive()) is { Operation: Operation.Data })
            {
                // Data from the old position.
            }

            Assert.Equal((ulong)offset, RawTspClient.Parse<StreamStart>(frame!.Value).Offset);
            Assert.Equal(ErrorCode.Busy, (await waiting.ExpectError()).Code);
        }
    }

    [Fact]
    public async Task A_slot_kept_for_a_seek_is_freed_when_its_requester_disconnects()
    {
        await StartHostAsync(Queueing with { ChunksInFlight = 1 });
        var song = _long.WriteTo(Folder.In("1.mp3"), 1);
        var (session, connection) = (CreateTestProbe(), CreateTestProbe());
        Hosting.Tell(new AdmitStream(song, new PlayRequest { Pace = Pace.Full }, connection), session);
        var stream = (await session.ExpectMsgAsync<StreamAdmitted>()).Stream;
        var start = await connection.ExpectMsgAsync<Send>();
        var chunk = await connection.ExpectMsgAsync<Send>();

        Hosting.Tell(new KeepSlot(stream), session);
        stream.Tell(StopStream.Instance, session);
        stream.Tell(new Sent(start.Token!), connection);
        stream.Tell(new Sent(chunk.Token!), connection);
        await session.ExpectMsgAsync<StreamEnded>();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(Hosting)));
        Assert.Equal(1, (await StatusAsync()).Active);

        Sys.Stop(session);

        await AwaitActiveAsync(0);
    }

    [Fact]
    public async Task The_limit_per_peer_applies_to_ids_from_PLAY_or_INIT_but_not_to_other_peers_at_the_address()
    {
        await StartHostAsync(Quick with { Limits = new HostingLimits { MaxStreamsPerPeer = 1, MaxStreamsPerAddress = 3 } });
        Share(_long);
        var (ann, ben) = (PeerId.NewRandom(), PeerId.NewRandom());
        using var first = await StartStreamAsync(Play(1, requester: ann));
        using var second = await StartStreamAsync(Play(1, requester: ben));

        using var again = await ConnectAsync();
        await again.Send(new ClientHandshake(null, ann, "ann", 0, false).Hello);
        await again.Expect(Operation.Init);
        // The id from INIT counts, even if PLAY contains a different one.
        await again.Send(Play(1, requester: PeerId.NewRandom()));
        Assert.Contains("the limit for one peer", (await again.ExpectError()).Message, StringComparison.Ordinal);

        using var anybody = await StartStreamAsync(Play(1));
        Assert.Contains("your address", (await RefusalAsync(Play(1))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_requester_that_ignores_the_retry_time_is_cut_off_on_later_connections_too()
    {
        await StartHostAsync(Quick with
        {
            MaxStreams = 1,
            BusyRetryAfter = Never,
            Limits = new HostingLimits { MaxEarlyRequests = 2, IgnoreDelay = TimeSpan.Zero, IgnorePenalty = Never },
        });
        Share(_long);
        using var running = await StartStreamAsync(Play(1));
        var eve = Play(1, requester: PeerId.NewRandom());
        using var greedy = await ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await greedy.Send(eve);
            Assert.Equal(ErrorCode.Busy, (await greedy.ExpectError()).Code);
        }

        await greedy.Send(eve);
        Assert.Equal(ErrorCode.RateLimited, (await greedy.ExpectError()).Code);
        await greedy.ExpectEnd();

        using var next = await ConnectAsync();
        await next.Send(eve);
        Assert.Equal(ErrorCode.RateLimited, (await next.ExpectError()).Code);
        await next.ExpectEnd();
        Assert.Equal(ErrorCode.Busy, (await RefusalAsync(Play(1, requester: PeerId.NewRandom()))).Code);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_connection_of_a_requester_that_asks_too_soon_is_not_read_until_its_pause_is_over(bool isOver)
    {
        var (connection, hosting) = (CreateTestProbe(), CreateTestProbe());
        Share(new TestSong(1_000));
        var session = Sys.ActorOf(HostSessionActor.Props(new HostSecurity(null), Songs, hosting));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        await connection.ExpectMsgAsync<ReadMore>();
        session.Tell(new FramesReceived([new Frame(Operation.Play, 1, false, default), new Frame(Operation.Ping, 7, false, default)]));
        await hosting.ExpectMsgAsync<AdmitStream>();

        hosting.Send(session, new StreamRefused(Errors.Frame(ErrorCode.Busy, "later", 1, Never), isOver ? Soon : Never));

        Assert.Equal((byte)Operation.Error, (await connection.ExpectMsgAsync<Send>()).First.Span[0] & 0x7f);
        if (isOver)
        {
            Assert.Equal((byte)Operation.Pong, (await connection.ExpectMsgAsync<Send>()).First.Span[0]);
            await connection.ExpectMsgAsync<ReadMore>();
        }
        else
        {
            await connection.ExpectNoMsgAsync(Soon);
        }
    }

    [Fact]
    public async Task PLAYs_above_the_rate_limit_are_not_lost()
    {
        var (connection, hosting) = (CreateTestProbe(), CreateTestProbe());
        Share(new TestSong(1_000));
        var session = Sys.ActorOf(HostSessionActor.Props(new HostSecurity(null), Songs, hosting, maxPlaysPerSecond: 1));
        session.Tell(new ConnectionOpened(connection, new IPEndPoint(IPAddress.Loopback, 1), new IPEndPoint(IPAddress.Loopback, 2)));
        for (var i = 0; i < 3; i++)
        {
            await connection.FishForMessageAsync<ReadMore>(_ => true);
            session.Tell(new FramesReceived([new Frame(Operation.Play, 1, false, default)]));
            await hosting.ExpectMsgAsync<AdmitStream>();
            hosting.Send(session, new StreamRefused(Errors.Frame(ErrorCode.Busy, "later", 1, Never)));
        }
    }

    [Fact]
    public async Task The_upload_stays_below_its_limit_and_songs_arrive_completely()
    {
        const int rate = 400_000;
        var song = new TestSong(600_000, durationMs: 60_000);
        await StartHostAsync(Quick with
        {
            StartBurst = Never,
            Limits = new HostingLimits { MaxUpload = new Rate(rate), UploadBurst = TimeSpan.FromMilliseconds(100) },
        });
        Share(song);
        var begun = Stopwatch.StartNew();
        using var listener = await StartStreamAsync(Play(1, pace: Pace.Realtime));
        using var saver = await StartStreamAsync(Play(1));

        var received = await Task.WhenAll(listener.ReceiveSong(), saver.ReceiveSong());

        Assert.All(received, bytes => Assert.Equal(song.Payload, bytes));
        // A slow machine may take longer, but the limit allows no machine to be faster.
        Assert.True(begun.Elapsed.TotalSeconds >= (1_200_000 - 40_000 - 16 * 1024) / (double)rate, $"{begun.Elapsed}");
    }

    [Fact]
    public async Task The_upload_limit_can_be_lifted_while_a_stream_runs()
    {
        var song = new TestSong(8_000_000);
        // At this rate, the song takes four minutes.
        await StartHostAsync(Quick with { Limits = new HostingLimits { MaxUpload = HostingLimits.LeastUpload } });
        Share(song);
        using var saver = await StartStreamAsync(Play(1));
        await saver.Expect(Operation.Data);

        var status = Assert.IsType<HostingStatus>(await Hosting.Ask(new ChangeLimit("upload", "none"), Never));

        Assert.True(status.Upload.IsNone);
        var rest = new MemoryStream();
        while (await saver.Expect(Operation.Data) is { IsEndOfSong: false } frame)
            rest.Write(frame.Body.Span);
        Assert.Equal(song.Payload[^(int)rest.Length..], rest.ToArray());
    }

    [Fact]
    public async Task A_limit_below_what_the_listeners_need_ends_the_newest_stream_and_the_other_continues()
    {
        // The song needs 50 kB per second.
        var song = new TestSong(3_000_000, durationMs: 60_000);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromMilliseconds(1) });
        Share(song);
        using var first = await StartStreamAsync(Play(1, pace: Pace.Realtime));
        using var last = await StartStreamAsync(Play(1, pace: Pace.Realtime));

        await Hosting.Ask<HostingStatus>(new ChangeLimit("upload", "500 kbit/s"), Never);

        Frame? frame;
        while ((frame = await last.Receive()) is { Operation: Operation.Data })
            Assert.True(frame.Value.HasBody);
        var error = RawTspClient.Parse<Error>(frame!.Value);
        Assert.Equal((ErrorCode.Busy, true), (error.Code, error.Retryable));
        Assert.Equal(1, (await StatusAsync()).Active);
        await first.Send(Operation.Ping, 4);
        while (await first.Receive() is { Operation: not Operation.Pong } data)
            Assert.True(data is { Operation: Operation.Data, HasBody: true });
    }

    [Theory]
    [InlineData("speed", "1", "there is no limit \"speed\"")]
    [InlineData("streams", "many", "write a whole number from 1 to 1000000, or none")]
    [InlineData("streams", "1000001", "streams cannot be \"1000001\"")]
    [InlineData("upload", "10", "such as 10 Mbit/s")]
    [InlineData("upload", "1 kbit/s", "a rate of at least 256 kbit/s")]
    [InlineData("queue", "-1", "from 0 to 10000")]
    public async Task An_unknown_limit_or_an_invalid_value_is_refused_with_a_reason(string name, string value, string reason)
    {
        await StartHostAsync();

        var refused = await Hosting.Ask<LimitRefused>(new ChangeLimit(name, value), Never);

        Assert.Contains(reason, refused.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_limit_can_be_reset_to_its_configured_value()
    {
        await StartHostAsync(Quick with { MaxStreams = 7 });

        Assert.Equal(3, (await Hosting.Ask<HostingStatus>(new ChangeLimit("max-streams", "3"), Never)).Max);
        Assert.Equal(0, (await Hosting.Ask<HostingStatus>(new ChangeLimit("streams", "none"), Never)).Max);
        Assert.Equal(0, (await Hosting.Ask<HostingStatus>(new ChangeLimit("streams", "0"), Never)).Max);
        Assert.Equal(7, (await Hosting.Ask<HostingStatus>(new ChangeLimit("streams", "default"), Never)).Max);
    }

    [Fact]
    public async Task The_upload_limit_follows_the_time_of_day_until_it_is_set_manually()
    {
        Assert.Null(UploadSchedule.Parse(["23:00-07:00 none", "07:00-23:00 2 Mbit/s"], HostingLimits.LeastUpload, out var schedule));
        var time = new ManualClock(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
        var hosting = Sys.ActorOf(
            HostingActor.Props(Quick with { Limits = new HostingLimits { UploadSchedule = schedule } }, _ => null, Library, time));

        Assert.Equal(new Rate(250_000), (await ChangeAsync("queue", "5")).Upload);
        time.Pass(TimeSpan.FromHours(11));
        Assert.Equal(Rate.None, (await ChangeAsync("queue", "6")).Upload);
        Assert.Equal(new Rate(125_000), (await ChangeAsync("upload", "1 Mbit/s")).Upload);
        Assert.Equal(Rate.None, (await ChangeAsync("upload", "default")).Upload);

        Task<HostingStatus> ChangeAsync(string name, string value) => hosting.Ask<HostingStatus>(new ChangeLimit(name, value), Never);
    }

    [Fact]
    public async Task The_number_of_streams_that_fit_is_reported_to_the_tracker()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ReportLoad));
        // Without streams, the host assumes a typical bitrate, at which six streams fit. This song needs 50 kB per second, so only two fit.
        var song = new TestSong(3_000_000, durationMs: 60_000);
        await StartHostAsync(Quick with { Limits = new HostingLimits { MaxUpload = new Rate(100_000), MaxQueue = 5 } });
        Share(song);
        await ExpectMsgAsync(new ReportLoad(0, 6));

        using var first = await StartStreamAsync(Play(1, pace: Pace.Realtime));
        await ExpectMsgAsync(new ReportLoad(1, 2));
        using var second = await StartStreamAsync(Play(1, pace: Pace.Realtime));
        await ExpectMsgAsync(new ReportLoad(2, 2));
        await RefusalAsync(Play(1, pace: Pace.Realtime));
        second.Dispose();

        // One slot is free again, but it is held for the waiting requester.
        await ExpectMsgAsync(new ReportLoad(1, 1));
    }

    private async Task<RawTspClient> StartStreamAsync(byte[] play)
    {
        var requester = await ConnectAsync(receiveBuffer: 64 * 1024);
        await requester.Send(play);
        await requester.Expect(Operation.Play);
        return requester;
    }

    private async Task<Error> RefusalAsync(byte[] play)
    {
        using var requester = await ConnectAsync();
        await requester.Send(play);
        return await requester.ExpectError();
    }

    private Task AwaitActiveAsync(int count) =>
        AwaitAssertAsync(
            async () => Assert.Equal(count, (await StatusAsync()).Active), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
}
