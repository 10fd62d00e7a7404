using Google.Protobuf;
using TspActors.Media.Hashing;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks how a host answers PLAY and INFO.</summary>
public sealed class HostStreamSpecs(ITestOutputHelper output) : HostSpec(output)
{
    [Fact]
    public async Task Every_demo_song_arrives_completely_and_matches_its_piece_hashes()
    {
        await StartHostAsync();
        for (var i = 0; i < DemoMusic.Files.Count; i++)
        {
            var (file, leaves, payload) = DemoMusic.Copy(Folder.In($"demo{i}.mp3"), i);
            Share(new OwnSong(i + 1, file), leaves);
            using var requester = await ConnectAsync();
            await requester.Send(Play(i + 1, hash: file.Hash, pieces: true));

            var start = await requester.Expect<StreamStart>(Operation.Play);
            Assert.Equal(file.Format, start.Song.Format);
            Assert.Equal(file.Tags, start.Song.Tags);
            Assert.Equal(i + 1, start.Song.Id);
            Assert.True(PieceTree.TryCreate(file.Hash, file.PayloadLength, start.PieceBytes, start.PieceHashes.Span, out var tree));
            var received = await requester.ReceiveSong();

            Assert.Equal(payload, received);
            Assert.All(Enumerable.Range(0, tree.Count), piece =>
                Assert.True(tree.Verify(piece, received.AsSpan(piece * tree.PieceBytes, tree.LengthOf(piece)))));
        }

        await AssertIdleAsync();
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(0, 16_384)]
    [InlineData(5, 40_000)]
    [InlineData(16_383, 2)]
    [InlineData(99_999, 1)]
    [InlineData(50_000, 50_000)]
    [InlineData(50_000, 50_001)]
    [InlineData(50_000, long.MaxValue)]
    public async Task A_requester_receives_as_many_bytes_as_it_requests(int offset, long length)
    {
        var song = new TestSong(100_000);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromHours(1) });
        Share(song);
        foreach (var pace in new[] { Pace.Full, Pace.Realtime })
        {
            using var requester = await ConnectAsync();
            await requester.Send(Operation.Play, 1, new PlayRequest { Offset = (ulong)offset, Length = (ulong)length, Pace = pace });
            await requester.Expect<StreamStart>(Operation.Play);

            Assert.Equal(
                song.Payload.AsSpan(offset, (int)Math.Min(length, 100_000 - offset)).ToArray(), await requester.ReceiveSong());
        }
    }

    [Fact]
    public async Task A_host_knows_which_songs_it_is_sending_and_to_whom()
    {
        var (song, peer) = (new TestSong(5_000_000), PeerId.NewRandom());
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromSeconds(1) });
        Share(song);
        using var listener = await ConnectAsync();
        await listener.Send(Play(1, pace: Pace.Realtime, requester: peer));
        await listener.Expect<StreamStart>(Operation.Play);
        using var guest = await ConnectAsync(receiveBuffer: 4096);
        await guest.Send(Play(1));
        await guest.Expect<StreamStart>(Operation.Play);

        var streams = (await StatusAsync()).Streams;
        Assert.Equal(
            [(1, null, true), (1, (PeerId?)peer, false)],
            streams.Select(stream => (stream.Song.Id, stream.Requester, stream.IsDownload)));

        listener.Socket.Close();
        guest.Socket.Close();
        await AwaitAssertAsync(
            async () => Assert.Empty((await StatusAsync()).Streams), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(99_999)]
    [InlineData(100_000)]
    public async Task A_song_is_sent_from_any_offset_to_the_end(int offset)
    {
        var song = new TestSong(100_000);
        await StartHostAsync();
        Share(song);
        using var requester = await ConnectAsync();

        await requester.Send(Play(1, offset));

        var start = await requester.Expect<StreamStart>(Operation.Play);
        Assert.Equal((ulong)offset, start.Offset);
        Assert.True(start.PieceHashes.IsEmpty);
        Assert.Equal(song.Payload[offset..], await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_PLAY_without_a_body_streams_the_whole_song()
    {
        var song = new TestSong(30_000);
        await StartHostAsync(Quick with { StartBurst = Never });
        Share(song);
        using var requester = await ConnectAsync();

        await requester.Send(Operation.Play, 1);

        Assert.Equal(0ul, (await requester.Expect<StreamStart>(Operation.Play)).Offset);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_request_that_cannot_be_served_is_answered_with_an_error_and_the_connection_stays_open()
    {
        var song = new TestSong(1_000);
        await StartHostAsync();
        Share(song);
        using var requester = await ConnectAsync();

        Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(requester, Play(1, 1_001)));
        Assert.Equal(ErrorCode.UnknownSong, await RefusalAsync(requester, Play(2)));
        Assert.Equal(ErrorCode.SongChanged, await RefusalAsync(requester, Play(1, hash: new TestHash(9).Value)));
        Assert.Equal(ErrorCode.BadRequest, await RefusalAsync(requester, Play(1, pace: (Pace)7)));
        Assert.Equal(ErrorCode.UnknownSong, await RefusalAsync(requester, FrameEncoder.Encode(Operation.Info, 2)));
        Assert.Equal(ErrorCode.Unsupported, await RefusalAsync(requester, FrameEncoder.Encode(Operation.List)));
        Assert.Equal(ErrorCode.Unsupported, await RefusalAsync(requester, FrameEncoder.Encode((Operation)77, 3, new byte[5000])));

        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_field_of_the_wrong_size_is_answered_with_BAD_FRAME_and_ends_the_connection()
    {
        await StartHostAsync();
        using var requester = await ConnectAsync();

        await requester.Send(Operation.Play, 1, new PlayRequest { ContentHash = ByteString.CopyFrom(1, 2, 3) });

        Assert.Equal(ErrorCode.BadFrame, (await requester.ExpectError()).Code);
        await requester.ExpectEnd();
    }

    [Fact]
    public async Task The_next_song_is_served_on_the_same_connection()
    {
        var (one, two) = (new TestSong(50_000, seed: 1), new TestSong(60_000, seed: 2));
        await StartHostAsync(Quick with { MaxStreams = 1 });
        Share(one, 1);
        Share(two, 2);
        using var requester = await ConnectAsync();

        foreach (var (id, song) in new[] { (1, one), (2, two), (1, one) })
        {
            await requester.Send(Play(id));
            await requester.Expect(Operation.Play);
            Assert.Equal(song.Payload, await requester.ReceiveSong());
        }
    }

    [Fact]
    public async Task INFO_is_answered_during_a_stream()
    {
        // At 100 bytes per second, the stream is far from its end when the reply arrives.
        var song = new TestSong(1_000_000, durationMs: 10_000_000);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromSeconds(2_000), ChunkBytes = 16 * 1024 });
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send(Play(1, pace: Pace.Realtime));
        await requester.Expect(Operation.Play);

        await requester.Send(Operation.Info, 1);

        var received = new MemoryStream();
        SongInfoPage? info = null;
        while (info is null && await requester.Receive() is { } frame)
        {
            if (frame.Operation == Operation.Data)
                received.Write(frame.Body.Span);
            else
                info = RawTspClient.Parse<SongInfoPage>(frame);
        }

        Assert.Equal(song.ToSong(1), Assert.Single(info!.Songs));
        Assert.Equal(song.Payload[..(int)received.Length], received.ToArray());
    }

    [Fact]
    public async Task At_real_time_the_burst_is_sent_immediately_and_later_chunks_only_when_due()
    {
        // At 100 bytes per second, the next chunk after the burst is due only many seconds later.
        var song = new TestSong(1_000_000, durationMs: 10_000_000);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromSeconds(2_000), ChunkBytes = 16 * 1024 });
        Share(song);
        const int burst = 200_000;
        using var requester = await ConnectAsync();
        await requester.Send(Play(1, pace: Pace.Realtime));
        await requester.Expect(Operation.Play);

        var received = new MemoryStream();
        while (received.Length < burst)
            received.Write((await requester.Expect(Operation.Data)).Body.Span);
        // Everything sent so far arrives before the reply.
        await requester.Send(Operation.Ping, 5);
        while (await requester.Receive() is { Operation: Operation.Data } frame)
            received.Write(frame.Body.Span);

        Assert.Equal(song.Payload[..(int)received.Length], received.ToArray());
        Assert.InRange(received.Length, burst, burst + 16 * 1024);
    }

    [Fact]
    public async Task A_variable_bitrate_song_is_paced_by_its_frames_and_not_by_its_average_bitrate()
    {
        // Ten seconds at 40,000 bytes per second, then 200 minutes at 8 bytes per second. At the average rate, a burst of 8 s would be
        // less than one loud frame.
        var loud = Enumerable.Repeat(Frame(0xE0, 1044), 400).SelectMany(frame => frame).ToArray();
        var song = new TestSong(loud.Length + 100_000, durationMs: 12_000_000, head: loud);
        song.Format.Vbr = true;
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromSeconds(8) });
        Share(song);
        using var requester = await ConnectAsync();
        await requester.Send(Play(1, offset: 500, pace: Pace.Realtime));
        await requester.Expect(Operation.Play);

        var received = new MemoryStream();
        while (received.Length < 306 * 1044)
            received.Write((await requester.Expect(Operation.Data)).Body.Span);

        Assert.Equal(song.Payload[500..(500 + (int)received.Length)], received.ToArray());
    }

    [Fact]
    public async Task Listeners_that_start_at_different_offsets_of_one_song_all_receive_the_right_bytes()
    {
        var song = new TestSong(300_000, durationMs: 600);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromMilliseconds(200), SharedChunkBytes = 40_000 });
        Share(song);
        var random = new Random(3);
        await Task.WhenAll(Enumerable.Range(0, 30).Select(async _ =>
        {
            var offset = random.Next(song.Payload.Length);
            using var requester = await ConnectAsync();
            await requester.Send(Play(1, offset, pace: Pace.Realtime));
            await requester.Expect(Operation.Play);
            Assert.Equal(song.Payload[offset..], await requester.ReceiveSong());
        }));
        await AssertIdleAsync();
    }

    [Fact]
    public async Task A_real_time_stream_arrives_completely()
    {
        var song = new TestSong(300_000, durationMs: 600);
        await StartHostAsync(Quick with { StartBurst = TimeSpan.FromMilliseconds(100) });
        Share(song);
        using var requester = await ConnectAsync();

        await requester.Send(Play(1, offset: 1_000, pace: Pace.Realtime));

        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload[1_000..], await requester.ReceiveSong());
        await AssertIdleAsync();
    }

    [Fact]
    public async Task Without_leaf_hashes_a_request_for_piece_hashes_is_refused_and_a_rescan_is_requested()
    {
        var song = new TestSong(1_000);
        await StartHostAsync();
        Share(song.WriteTo(Folder.In("1.mp3"), 1), null!);
        using var requester = await ConnectAsync();

        Assert.Equal(ErrorCode.SongChanged, await RefusalAsync(requester, Play(1, pieces: true)));

        await Library.ExpectMsgAsync<Rescan>();
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
    }

    // Builds an MPEG-1 Layer III frame at 44.1 kHz.
    private static byte[] Frame(byte rate, int length)
    {
        var frame = new byte[length];
        (frame[0], frame[1], frame[2]) = (0xFF, 0xFB, rate);
        return frame;
    }

    private static async Task<ErrorCode> RefusalAsync(RawTspClient requester, byte[] request)
    {
        await requester.Send(request);
        return (await requester.ExpectError()).Code;
    }
}
