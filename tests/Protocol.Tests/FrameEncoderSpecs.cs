namespace TspActors.Protocol.Tests;

public sealed class FrameEncoderSpecs
{
    [Fact]
    public void A_LIST_without_a_body_is_five_bytes() =>
        Assert.Equal([0x01, 0x00, 0x00, 0x00, 0x00], FrameEncoder.Encode(Operation.List));

    [Fact]
    public void A_song_id_is_big_endian() =>
        Assert.Equal([0x03, 0x01, 0x02, 0x03, 0x04], FrameEncoder.Encode(Operation.Play, 0x01020304));

    [Fact]
    public void A_body_sets_bit_seven_and_is_preceded_by_its_length() =>
        Assert.Equal([0x87, 0, 0, 0, 9, 0, 0, 0, 3, 1, 2, 3], FrameEncoder.Encode(Operation.Data, 9, [1, 2, 3]));

    [Fact]
    public void A_message_is_encoded_as_a_header_followed_by_its_protobuf_bytes() =>
        Assert.Equal(
            [0x81, 0, 0, 0, 0, 0, 0, 0, 5, 0x0a, 1, (byte)'a', 0x10, 7],
            FrameEncoder.Encode(Operation.List, 0, new ListRequest { Query = "a", Limit = 7 }));

    [Fact]
    public void An_empty_message_is_a_body_of_length_zero() =>
        Assert.Equal([0x81, 0, 0, 0, 0, 0, 0, 0, 0], FrameEncoder.Encode(Operation.List, 0, new ListRequest()));

    [Fact]
    public void A_DATA_header_can_be_written_in_front_of_its_bytes()
    {
        var buffer = new byte[FrameHeader.SizeWithLength + 3];
        FrameEncoder.WriteDataHeader(buffer, 9, 3);
        Assert.Equal([0x87, 0, 0, 0, 9, 0, 0, 0, 3, 0, 0, 0], buffer);
    }

    [Fact]
    public void A_body_longer_than_the_operation_allows_is_refused()
    {
        Assert.Equal(9 + (16 * 1024), FrameEncoder.Encode(Operation.Init, 0, new byte[16 * 1024]).Length);
        Assert.Throws<ArgumentException>(() => FrameEncoder.Encode(Operation.Init, 0, new byte[(16 * 1024) + 1]));
        Assert.Throws<ArgumentException>(
            () => FrameEncoder.Encode(Operation.Error, 0, new Error { Message = new string('x', 1024 * 1024) }));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameEncoder.WriteDataHeader(new byte[9], 1, (256 * 1024) + 1));
    }

    [Fact]
    public void An_error_contains_its_code_and_the_song_id()
    {
        var frame = Decoding.First(Errors.Frame(ErrorCode.Busy, "all streams are taken", 12, TimeSpan.FromSeconds(2)));
        Assert.Equal((Operation.Error, 12), (frame.Operation, frame.SongId));
        Assert.Equal(
            new Error { Code = ErrorCode.Busy, Message = "all streams are taken", Retryable = true, RetryAfterMs = 2000 },
            Error.Parser.ParseFrom(frame.Body.Span));
        Assert.False(Error.Parser.ParseFrom(Decoding.First(Errors.Frame(ErrorCode.NoHost, "nobody has it")).Body.Span).Retryable);
    }

    [Fact]
    public void The_reply_to_an_unsupported_operation_has_the_song_id_of_the_request()
    {
        var frame = Decoding.First(Errors.Unsupported(new Frame((Operation)99, 5, false, default)));
        Assert.Equal(5, frame.SongId);
        Assert.Equal(ErrorCode.Unsupported, Error.Parser.ParseFrom(frame.Body.Span).Code);
    }

    [Fact]
    public void Exactly_five_error_codes_close_the_connection() =>
        Assert.Equal(
            [ErrorCode.BadFrame, ErrorCode.TooLarge, ErrorCode.Timeout, ErrorCode.Unauthenticated, ErrorCode.Replaced],
            Enum.GetValues<ErrorCode>().Where(Errors.ClosesConnection));
}
