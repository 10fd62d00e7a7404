using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Peers;

public sealed class BadFrameSpecs : TrackerSpec
{
    [Fact]
    public async Task A_negative_id_is_a_bad_frame_and_closes_the_connection()
    {
        var client = await Connect();
        await client.Send((byte[])[0x02, 0xff, 0xff, 0xff, 0xff]);
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Theory]
    [InlineData(Operation.List)]
    [InlineData(Operation.Info)]
    [InlineData(Operation.Init)]
    public async Task A_body_that_does_not_parse_is_a_bad_frame_and_closes_the_connection(Operation operation)
    {
        var client = await Connect();
        await client.Send(FrameEncoder.Encode(operation, 3, [0x0a, 0xff, 0x01]));
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Fact]
    public async Task An_INIT_without_a_step_is_a_bad_frame_and_closes_the_connection()
    {
        var client = await Connect();
        await client.Send(Operation.Init);
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(15)]
    [InlineData(17)]
    public async Task A_peer_id_that_is_not_16_bytes_is_a_bad_frame(int length)
    {
        var client = await Connect();
        var hello = PeerClient.Hello(1);
        hello.Hello.PeerId = ByteString.CopyFrom(new byte[length]);
        await client.Send(Operation.Init, 0, hello);
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Fact]
    public async Task A_nonce_that_is_not_32_bytes_is_a_bad_frame()
    {
        var client = await Connect();
        await client.Send(Operation.Init, 0, PeerClient.Hello(1, nonce: new byte[31]));
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Fact]
    public async Task A_hash_that_is_not_32_bytes_or_a_negative_id_is_a_bad_frame_and_none_of_the_share_is_applied()
    {
        var watcher = await Connect();
        var short31 = Samples.Song(2);
        short31.ContentHash = ByteString.CopyFrom(new byte[31]);
        var negative = Samples.Song(2);
        negative.LastId = -1;
        Share[] shares =
        [
            new() { Added = { Samples.Song(1), short31 } },
            new() { Added = { Samples.Song(1), negative } },
            new() { Added = { Samples.Song(1) }, Removed = { ByteString.CopyFrom(new byte[33]) } },
        ];
        foreach (var share in shares)
        {
            var client = await Join(1);
            await client.Send(Operation.Share, 0, share);
            await ExpectClosed(client, ErrorCode.BadFrame);
            Assert.Empty((await watcher.List()).Songs);
        }
    }

    [Theory]
    [InlineData(Operation.Init, 16 * 1024)]
    [InlineData(Operation.Share, 1024 * 1024)]
    [InlineData(Operation.Data, 256 * 1024)]
    [InlineData((Operation)99, 1024 * 1024)]
    public async Task A_body_that_is_too_long_is_refused_as_soon_as_its_header_arrives(Operation operation, int limit)
    {
        var client = await Connect();
        var header = new byte[FrameHeader.SizeWithLength];
        new FrameHeader(operation, 5, true, (uint)limit + 1).Write(header);
        await client.Send(header);
        await client.ExpectError(ErrorCode.TooLarge, 5);
        await client.ExpectEnd();
    }

    [Fact]
    public async Task Requests_before_a_bad_frame_are_answered_first()
    {
        await Host(1, Samples.Songs(1));
        var client = await Connect();
        await client.Send((byte[])[.. FrameEncoder.Encode(Operation.Info, 1), .. FrameEncoder.Encode(Operation.List, 0, [0x0a, 0xff, 0x01]),
            .. FrameEncoder.Encode(Operation.Ping, 2)]);
        await client.Expect(Operation.Info);
        await ExpectClosed(client, ErrorCode.BadFrame);
    }

    [Fact]
    public async Task An_unknown_operation_is_reported_as_unsupported_and_the_connection_stays_open()
    {
        var client = await Connect();
        await client.Send((byte[])[
            .. FrameEncoder.Encode((Operation)99, 7, new byte[100_000]), .. FrameEncoder.Encode((Operation)98, 8),
            .. FrameEncoder.Encode(Operation.Ping, 9)]);
        await client.ExpectError(ErrorCode.Unsupported, 7);
        await client.ExpectError(ErrorCode.Unsupported, 8);
        Assert.Equal(9, (await client.Expect(Operation.Pong)).SongId);
    }

    [Fact]
    public async Task Operations_in_the_wrong_direction_are_unsupported()
    {
        var client = await Connect();
        foreach (var operation in new[] { Operation.Stop, Operation.BroadcastList, Operation.Assign, Operation.Data })
        {
            await client.Send(operation, 4);
            await client.ExpectError(ErrorCode.Unsupported, 4);
            await client.Send(FrameEncoder.Encode(operation, 5, new byte[50_000]));
            await client.ExpectError(ErrorCode.Unsupported, 5);
        }

        await client.Settle();
    }

    [Fact]
    public async Task Errors_and_pongs_from_a_client_are_not_answered()
    {
        var client = await Connect();
        await client.Send(Operation.Pong, 3);
        await client.Send(Errors.Frame(ErrorCode.Internal, "whatever"));
        await client.Settle();
    }

    [Fact]
    public async Task An_unneeded_body_is_ignored()
    {
        await Host(1, Samples.Songs(1));
        var client = await Connect();
        await client.Send(FrameEncoder.Encode(Operation.Ping, 3, [0xff, 0xff]));
        Assert.Equal(3, (await client.Expect(Operation.Pong)).SongId);
        await client.Send(FrameEncoder.Encode(Operation.Play, 1, [0xff, 0xff]));
        await client.Expect(Operation.Play);
    }

    [Fact]
    public async Task Unknown_fields_of_a_body_are_ignored()
    {
        await Host(1, Samples.Songs(3));
        var client = await Connect();
        // Encodes field 1000 = 1 and a limit of 2.
        await client.Send(FrameEncoder.Encode(Operation.List, 0, [0xc0, 0x3e, 0x01, 0x10, 0x02]));
        Assert.Equal(2, (await client.Expect<SongPage>(Operation.List)).Songs.Count);
    }

    private static async Task ExpectClosed(RawTspClient client, ErrorCode code)
    {
        await client.ExpectError(code);
        await client.ExpectEnd();
        client.Dispose();
    }
}
