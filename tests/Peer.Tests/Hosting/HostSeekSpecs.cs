using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks that a PLAY during a stream replaces that stream, and how streams count towards the limit and the load.</summary>
public sealed class HostSeekSpecs(ITestOutputHelper output) : HostSpec(output)
{
    [Fact]
    public async Task Two_hundred_seeks_never_mix_bytes_of_the_old_and_the_new_position()
    {
        var song = new TestSong(2_000_000);
        // With a limit of one stream, the old stream's slot must be free when the new stream asks for it.
        await StartHostAsync(Quick with { MaxStreams = 1 });
        Share(song);
        var random = new Random(7);
        using var requester = await ConnectAsync();
        var at = 0;
        for (var seek = 0; seek < 200; seek++)
        {
            var offset = random.Next(song.Payload.Length);
            await requester.Send(Play(1, offset, random.Next(2) == 0 ? Pace.Full : Pace.Realtime));
            at = await ReadUntilStartAsync(requester, song, at, offset);
            for (var frames = random.Next(4); frames > 0 && at < song.Payload.Length; frames--)
                at = Continue(await requester.Expect(Operation.Data), song, at);
        }

        await requester.Send(Play(1, 5));
        await ReadUntilStartAsync(requester, song, at, 5);
        Assert.Equal(song.Payload[5..], await requester.ReceiveSong());
        await AssertIdleAsync();
    }

    [Fact]
    public async Task The_last_of_a_hundred_PLAYs_sent_together_is_served_completely()
    {
        var song = new TestSong(4_000_000);
        await StartHostAsync(Quick with { MaxStreams = 1 }, Patient with { MaxQueuedBytes = 1024 * 1024 });
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send([.. Enumerable.Range(0, 100).SelectMany(offset => Play(1, offset))]);

        // A stream that is replaced before it begins sends no StreamStart.
        for (var offset = -1; offset < 99;)
        {
            var frame = await requester.Receive() ?? throw new EndOfStreamException();
            if (frame.Operation == Operation.Play)
                offset = (int)RawTspClient.Parse<StreamStart>(frame).Offset;
            else
                Assert.Equal(Operation.Data, frame.Operation);
        }

        Assert.Equal(song.Payload[99..], await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_stream_ends_only_when_its_start_and_its_last_chunk_have_been_sent()
    {
        var (connection, session) = (CreateTestProbe(), CreateTestProbe());
        var hosting = Sys.ActorOf(HostingActor.Props(Quick with { ChunksInFlight = 2 }, _ => null, Library));
        var song = new TestSong(1_000_000).WriteTo(Folder.In("1.mp3"), 1);
        hosting.Tell(new AdmitStream(song, new PlayRequest { Pace = Pace.Full }, connection), session);
        var stream = (await session.ExpectMsgAsync<StreamAdmitted>()).Stream;
        var start = await connection.ExpectMsgAsync<Send>();
        var chunks = new[] { await connection.ExpectMsgAsync<Send>(), await connection.ExpectMsgAsync<Send>() };

        stream.Tell(StopStream.Instance, session);

        await session.ExpectNoMsgAsync(Soon);
        foreach (var chunk in chunks)
            stream.Tell(new Sent(chunk.Token!), connection);
        await session.ExpectNoMsgAsync(Soon);
        stream.Tell(new Sent(start.Token!), connection);
        await session.ExpectMsgAsync<StreamEnded>();
    }

    [Fact]
    public async Task A_PLAY_that_cannot_be_served_still_ends_the_running_stream()
    {
        var song = new TestSong(20_000_000);
        await StartHostAsync();
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        await requester.Send(Play(99));

        Frame? frame;
        while ((frame = await requester.Receive()) is { Operation: Operation.Data })
            Assert.True(frame.Value.HasBody, "the stream continued to the end");
        Assert.Equal(ErrorCode.UnknownSong, RawTspClient.Parse<Error>(frame!.Value).Code);

        await requester.Send(Play(1, song.Payload.Length - 10));
        await requester.Expect(Operation.Play);
        Assert.Equal(10, (await requester.ReceiveSong()).Length);
        await AssertIdleAsync();
    }

    [Fact]
    public async Task At_the_limit_the_next_requester_receives_BUSY_with_a_retry_time()
    {
        var song = new TestSong(100_000, durationMs: 100_000_000);
        await StartHostAsync(Quick with { MaxStreams = 1, StartBurst = TimeSpan.Zero, BusyRetryAfter = TimeSpan.FromSeconds(3) });
        Share(song);
        using var first = await ConnectAsync();
        await first.Send(Play(1, pace: Pace.Realtime));
        await first.Expect(Operation.Play);
        using var second = await ConnectAsync();

        await second.Send(Play(1));

        var refusal = await second.ExpectError();
        Assert.Equal((ErrorCode.Busy, true, 3_000u), (refusal.Code, refusal.Retryable, refusal.RetryAfterMs));
        await first.Send(Operation.Stop);
        while (await first.Receive() is { Operation: Operation.Data })
        {
            // The host sent this before it read the STOP.
        }

        await second.Send(Play(1));
        await second.Expect(Operation.Play);
        Assert.Equal(song.Payload, await second.ReceiveSong());
    }

    [Fact]
    public async Task The_load_is_published_as_streams_start_and_end()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(ReportLoad));
        await StartHostAsync(Quick with { MaxStreams = 9 });
        Share(new TestSong(1_000));
        using var requester = await ConnectAsync();

        await requester.Send(Play(1));

        await ExpectMsgAsync(new ReportLoad(0, 9));
        await ExpectMsgAsync(new ReportLoad(1, 9));
        await ExpectMsgAsync(new ReportLoad(0, 9));
    }

    [Fact]
    public async Task StreamAdmitted_always_arrives_before_StreamEnded()
    {
        var hosting = Sys.ActorOf(HostingActor.Props(Quick, _ => null, Library));
        var song = new TestSong(10).WriteTo(Folder.In("1.mp3"), 1);
        for (var i = 0; i < 200; i++)
        {
            var session = CreateTestProbe();
            hosting.Tell(new AdmitStream(song, new PlayRequest { Offset = 10, Pace = Pace.Full }, session), session);

            var admitted = await session.FishForMessageAsync<object>(message => message is StreamAdmitted or StreamEnded);
            var stream = Assert.IsType<StreamAdmitted>(admitted).Stream;
            var start = await session.FishForMessageAsync<Send>(send => send.Token is not null);
            stream.Tell(new Sent(start.Token!), session);
            await session.FishForMessageAsync<StreamEnded>(_ => true);
        }
    }

    /// <summary>Reads the rest of the old stream, up to the StreamStart of the new one. Returns the new position.</summary>
    private static async Task<int> ReadUntilStartAsync(RawTspClient requester, TestSong song, int at, int offset)
    {
        while (true)
        {
            var frame = await requester.Receive() ?? throw new EndOfStreamException();
            if (frame.Operation == Operation.Data)
            {
                if (frame.HasBody)
                    at = Continue(frame, song, at);
                continue;
            }

            Assert.Equal(Operation.Play, frame.Operation);
            var start = RawTspClient.Parse<StreamStart>(frame);
            Assert.Equal((ulong)offset, start.Offset);
            return offset;
        }
    }

    private static int Continue(Frame frame, TestSong song, int at)
    {
        Assert.True(frame.Body.Span.SequenceEqual(song.Payload.AsSpan(at, frame.Body.Length)), $"wrong bytes at {at}");
        return at + frame.Body.Length;
    }
}
