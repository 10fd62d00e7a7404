using System.Buffers.Binary;
using System.Net.Sockets;
using TspActors.Peer.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>
/// Checks a host against slow and hostile listeners over real sockets: a well-behaved listener still receives every byte in order, and the
/// others cost the host only a bounded amount of memory.
/// </summary>
/// <remarks>
/// A host cuts a connection when the data queued for it exceeds MaxQueuedBytes. The limit is low here, so a connection that is still open
/// at the end proves that the host never queued much for it.
/// </remarks>
public sealed class HostileListenerSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private const int Many = 30;

    // At most two chunks of 16 KB in flight; MaxQueuedBytes below leaves room for them and for the replies.
    private static readonly HostingSettings Frugal =
        Quick with { FullSpeedChunkBytes = 16 * 1024, ChunksInFlight = 2, StartBurst = TimeSpan.FromMilliseconds(100) };

    private static readonly TransportSettings Tight = Patient with
    {
        ReadBufferBytes = 4 * 1024,
        MaxQueuedBytes = 2 * 16 * 1024
        + 128 * 1024
    };

    private readonly TestSong _song = new(400_000, seed: 1, durationMs: 800);
    private readonly TestSong _long = new(20_000_000, seed: 2);

    [Theory]
    [InlineData(Pace.Full)]
    [InlineData(Pace.Realtime)]
    public async Task Many_listeners_that_request_a_song_and_read_nothing_do_no_harm(Pace pace)
    {
        await StartAsync(Frugal with { StartBurst = Never });
        var hostile = await OpenManyAsync(Play(2, pace: pace));
        await AwaitAssertAsync(
            async () => Assert.Equal(Many, (await StatusAsync()).Active), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));

        await HearAsync();

        await AssertNothingIsLeftAsync(hostile, stillOpen: Many);
    }

    [Fact]
    public async Task Many_listeners_that_read_a_byte_now_and_then_do_no_harm()
    {
        await StartAsync();
        var hostile = await OpenManyAsync(Play(2));
        var hearing = HearAsync();
        var one = new byte[1];
        for (var round = 0; round < 50; round++)
        {
            foreach (var remote in hostile)
                Assert.Equal(1, await remote.Socket.ReceiveAsync(one));
        }

        await hearing;

        await AssertNothingIsLeftAsync(hostile, stillOpen: Many);
    }

    [Theory]
    [InlineData(new byte[0])]
    [InlineData(new byte[] { 0x83, 0, 0 })]
    [InlineData(new byte[] { 0x83, 0, 0, 0, 1, 0, 0, 0, 40, 1, 2, 3 })]
    public async Task Many_listeners_that_send_nothing_or_an_incomplete_frame_do_no_harm(byte[] half)
    {
        await StartAsync(transport: Tight with { FirstFrameTimeout = TimeSpan.FromSeconds(3) });
        var hostile = await OpenManyAsync(half);

        await HearAsync();

        foreach (var remote in hostile)
        {
            Assert.Equal(ErrorCode.Timeout, (await remote.ExpectError()).Code);
            await remote.ExpectEnd();
        }

        await AssertNothingIsLeftAsync(hostile);
    }

    [Fact]
    public async Task A_listener_that_sends_PLAY_in_a_loop_and_reads_nothing_has_only_one_stream()
    {
        await StartAsync();
        using var hostile = await ConnectAsync(receiveBuffer: 16 * 1024);
        using var gone = new CancellationTokenSource();
        var flood = FloodAsync(hostile, Play(2), 100_000, gone.Token);

        await HearAsync();

        Assert.Equal(1, (await StatusAsync()).Active);
        Assert.InRange(ChildrenOf(Hosting).Count, 1, 2);
        await gone.CancelAsync();
        await flood;
        await AssertNothingIsLeftAsync([hostile], stillOpen: 1);
    }

    [Fact]
    public async Task A_listener_that_seeks_a_thousand_times_in_a_row_receives_all_bytes_from_the_last_position()
    {
        await StartAsync();
        using var hostile = await ConnectAsync();
        var hearing = HearAsync();
        var seeking = Task.Run(async () =>
        {
            for (var seek = 1; seek <= 1_000; seek++)
                await hostile.Send(Play(2, _long.Payload.Length - seek, Pace.Realtime));
        });

        // The host does not answer a PLAY that is replaced before its stream begins, but it always answers the last PLAY.
        var offset = 0L;
        while (offset != _long.Payload.Length - 1_000)
        {
            var frame = await hostile.Receive() ?? throw new EndOfStreamException();
            if (frame.Operation == Operation.Play)
                offset = (long)RawTspClient.Parse<StreamStart>(frame).Offset;
            else
                Assert.Equal(Operation.Data, frame.Operation);
        }

        Assert.Equal(_long.Payload[^1_000..], await hostile.ReceiveSong());
        await seeking;
        await hearing;
        await AssertNothingIsLeftAsync([hostile], stillOpen: 1);
    }

    [Theory]
    [InlineData(Operation.Ping, Operation.Pong)]
    [InlineData(Operation.Info, Operation.Info)]
    [InlineData(Operation.List, Operation.Error)]
    internal async Task A_listener_that_sends_requests_without_reading_is_paused_and_receives_its_replies_once_it_reads(Operation question,
        Operation answer)
    {
        // The replies exceed both the queue limit and the socket buffers many times over.
        const int questions = 400_000;
        await StartAsync();
        using var hostile = await ConnectAsync(receiveBuffer: 16 * 1024);
        using var gone = new CancellationTokenSource();
        var flood = FloodAsync(hostile, FrameEncoder.Encode(question, 1), questions, gone.Token);

        await HearAsync();

        for (var answers = 0; answers < 50_000; answers++)
            Assert.Equal(answer, (await hostile.Receive() ?? throw new EndOfStreamException()).Operation);
        await gone.CancelAsync();
        await flood;
        await AssertNothingIsLeftAsync([hostile], stillOpen: 1);
    }

    [Fact]
    public async Task Many_listeners_that_request_impossible_offsets_do_no_harm()
    {
        await StartAsync();
        var hostile = await OpenManyAsync([.. Enumerable.Range(1, 100).SelectMany(past => Play(2, _long.Payload.Length + past))]);

        await HearAsync();

        foreach (var remote in hostile)
        {
            for (var i = 0; i < 100; i++)
                Assert.Equal(ErrorCode.BadRequest, (await remote.ExpectError()).Code);
        }

        await AssertNothingIsLeftAsync(hostile, stillOpen: Many);
    }

    [Fact]
    public async Task A_listener_that_asks_for_piece_hashes_in_a_loop_and_reads_nothing_has_only_one_start_queued()
    {
        await StartAsync();
        using var hostile = await ConnectAsync(receiveBuffer: 16 * 1024);
        using var gone = new CancellationTokenSource();
        // The PING keeps a PLAY from replacing the one before it. At the end of the song there is no chunk to wait for.
        var flood = FloodAsync(
            hostile, [.. Play(2, _long.Payload.Length, pieces: true), .. FrameEncoder.Encode(Operation.Ping, 1)], 2_000, gone.Token);

        await HearAsync();

        await gone.CancelAsync();
        await flood;
        await AssertNothingIsLeftAsync([hostile], stillOpen: 1);
    }

    [Fact]
    public async Task Many_listeners_that_announce_oversized_frames_are_disconnected_before_the_body_arrives()
    {
        await StartAsync();
        var hostile = await OpenManyAsync(Header((16 * 1024) + 1));

        await HearAsync();

        foreach (var remote in hostile)
        {
            Assert.Equal(ErrorCode.TooLarge, (await remote.ExpectError()).Code);
            await remote.ExpectEnd();
        }

        await AssertNothingIsLeftAsync(hostile);
    }

    [Fact]
    public async Task Many_listeners_that_announce_the_largest_body_and_send_little_of_it_do_no_harm()
    {
        await StartAsync();
        var hostile = await OpenManyAsync([.. Header(16 * 1024), .. new byte[1_000]]);

        await HearAsync();

        await AssertNothingIsLeftAsync(hostile, stillOpen: Many);
    }

    [Fact]
    public async Task Many_listeners_that_send_long_bodies_which_a_host_does_not_read_do_no_harm()
    {
        await StartAsync();
        var hostile = await OpenManyAsync([.. FrameEncoder.Encode(Operation.Share, 7, new byte[1024 * 1024]), .. Play(2, 1)]);

        await HearAsync();

        foreach (var remote in hostile)
            Assert.Equal(ErrorCode.Unsupported, (await remote.ExpectError()).Code);
        await AssertNothingIsLeftAsync(hostile, stillOpen: Many);
    }

    private async Task StartAsync(HostingSettings? settings = null, TransportSettings? transport = null)
    {
        await StartHostAsync(settings ?? Frugal, transport ?? Tight);
        Share(_song, 1);
        Share(_long, 2);
    }

    /// <summary>Plays a song as a well-behaved listener and checks every byte.</summary>
    private async Task HearAsync()
    {
        using var listener = await ConnectAsync();
        await listener.Send(Play(1, pace: Pace.Realtime, pieces: true));
        await listener.Expect(Operation.Play);
        Assert.Equal(_song.Payload, await listener.ReceiveSong());
    }

    private async Task<List<RawTspClient>> OpenManyAsync(byte[] opening)
    {
        var remotes = new List<RawTspClient>();
        for (var i = 0; i < Many; i++)
        {
            var remote = await ConnectAsync(receiveBuffer: 4 * 1024);
            remotes.Add(remote);
            await remote.Send(opening);
        }

        return remotes;
    }

    // Sends the frame the given number of times. If the host stops reading, only the token ends this.
    private static async Task FloodAsync(RawTspClient remote, byte[] frame, int count, CancellationToken stop)
    {
        var frames = new byte[frame.Length * 1_000];
        for (var i = 0; i < 1_000; i++)
            frame.CopyTo(frames, i * frame.Length);
        try
        {
            for (var sent = 0; sent < count; sent += 1_000)
            {
                for (var rest = frames.AsMemory(); !rest.IsEmpty;)
                    rest = rest[await remote.Socket.SendAsync(rest, SocketFlags.None, stop)..];
            }
        }
        catch (OperationCanceledException)
        {
            // The send was blocked, because the host had stopped reading.
        }
    }

    private async Task AssertNothingIsLeftAsync(IReadOnlyList<RawTspClient> hostile, int? stillOpen = null)
    {
        if (stillOpen is { } open)
            await AwaitAssertAsync(
                () => Assert.Equal(open, ChildrenOf(Listener).Count), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
        foreach (var remote in hostile)
            remote.Reset();
        await AssertIdleAsync();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(Listener)), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
    }

    private static byte[] Header(uint length)
    {
        var header = new byte[9];
        header[0] = 0x83;
        header[4] = 1;
        BinaryPrimitives.WriteUInt32BigEndian(header.AsSpan(5), length);
        return header;
    }
}
