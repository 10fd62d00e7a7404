using System.Buffers.Binary;
using System.Runtime.InteropServices;
using FsCheck.Xunit;

namespace TspActors.Protocol.Tests;

[Properties(Arbitrary = [typeof(FrameSequence)])]
public sealed class FrameDecoderSpecs
{
    private const int FirstBuffer = 512;

    // Keeps the body of INIT, skips that of PING, and limits both to 1 KiB.
    private static readonly BodyRules Strict = BodyRules.For(
        new HashSet<Operation> { Operation.Init }, new HashSet<Operation> { Operation.Ping }, maxLength: 1024);

    [Property(MaxTest = 300)]
    public void Frames_cut_in_two_at_any_byte_decode_to_the_same_frames(FrameSequence sequence)
    {
        var bytes = sequence.Bytes;
        var expected = sequence.Frames.Select(frame => frame.Expected);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var decoder = new FrameDecoder();
            Assert.Equal(expected, Decoding.Decode(decoder, bytes.AsMemory(0, cut), bytes.AsMemory(cut)));
            Assert.True(decoder.IsAtFrameBoundary);
            Assert.Equal(0, decoder.BufferedBytes);
        }
    }

    [Property(MaxTest = 300)]
    public void Frames_split_into_single_bytes_decode_to_the_same_frames(FrameSequence sequence)
    {
        var bytes = sequence.Bytes;
        var pieces = Enumerable.Range(0, bytes.Length).Select(i => (ReadOnlyMemory<byte>)bytes.AsMemory(i, 1));
        Assert.Equal(sequence.Frames.Select(frame => frame.Expected), Decoding.Decode(new FrameDecoder(), pieces));
    }

    [Property(MaxTest = 300)]
    public void The_decoder_is_at_a_frame_boundary_only_between_frames(FrameSequence sequence)
    {
        var boundaries = sequence.Frames.Aggregate(new List<int> { 0 }, (ends, frame) => [.. ends, ends[^1] + frame.Bytes.Length]);
        for (var cut = 0; cut <= boundaries[^1]; cut++)
        {
            var decoder = new FrameDecoder();
            Decoding.Decode(decoder, sequence.Bytes.AsMemory(0, cut));
            Assert.Equal(boundaries.Contains(cut), decoder.IsAtFrameBoundary);
        }
    }

    [Theory]
    [InlineData(Operation.Data, 256 * 1024)]
    [InlineData(Operation.Init, 16 * 1024)]
    [InlineData(Operation.List, 1024 * 1024)]
    [InlineData(Operation.Share, 1024 * 1024)]
    [InlineData((Operation)99, 1024 * 1024)]
    public void A_body_may_be_as_long_as_its_operation_allows_and_no_longer(Operation operation, int limit)
    {
        var decoder = new FrameDecoder();
        decoder.Feed(Header(operation, 7, (uint)limit));
        Assert.NotEqual(FrameReadResult.Violation, decoder.TryRead(out _));
        decoder.Feed(new byte[limit]);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        Assert.True(frame.EndsFrame);
        Assert.Equal(operation.IsKnown() ? limit : 0, frame.Body.Length);

        foreach (var tooLong in new[] { (uint)limit + 1, uint.MaxValue })
        {
            decoder = new FrameDecoder();
            decoder.Feed((byte[])[.. Header(operation, 7, tooLong), 1, 2, 3]);
            Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));
            Assert.Equal(ErrorCode.TooLarge, decoder.Violation!.Code);
            Assert.Equal(7, decoder.Violation.SongId);
            Assert.Equal(0, decoder.BufferedBytes);
        }
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_id_is_a_bad_frame(int id)
    {
        var bytes = new byte[5];
        bytes[0] = (byte)Operation.Info;
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), id);
        var decoder = new FrameDecoder();
        decoder.Feed(bytes);
        Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));
        Assert.Equal(ErrorCode.BadFrame, decoder.Violation!.Code);
    }

    [Fact]
    public void After_a_violation_nothing_more_is_read()
    {
        var decoder = new FrameDecoder();
        decoder.Feed((byte[])[1, 0, 0, 0, 1, 1, 0xff, 0, 0, 0, 1, 0, 0, 0, 2]);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out _));
        Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));
        decoder.Feed(FrameEncoder.Encode(Operation.List));
        Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));
    }

    [Fact]
    public void The_body_of_an_unknown_operation_is_skipped_and_never_buffered()
    {
        var decoder = new FrameDecoder();
        decoder.Feed(Header((Operation)100, 3, 1024 * 1024));
        Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
        for (var i = 0; i < 1024; i++)
        {
            Assert.Equal(0, decoder.BufferedBytes);
            decoder.Feed(new byte[1024]);
            Assert.Equal(i == 1023 ? FrameReadResult.Frame : FrameReadResult.NeedMore, decoder.TryRead(out var skipped));
            Assert.True(skipped.Body.IsEmpty);
        }

        Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
        decoder.Feed(FrameEncoder.Encode(Operation.List, 4));
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var next));
        Assert.Equal(4, next.SongId);
    }

    [Fact]
    public void A_body_that_is_not_needed_is_skipped_and_never_buffered()
    {
        var decoder = new FrameDecoder(Strict);
        foreach (var operation in new[] { Operation.Share, Operation.Data, (Operation)99 })
        {
            decoder.Feed(Header(operation, 3, 16 * 1024));
            Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
            Assert.Equal(0, decoder.GatheredLength);
            decoder.Feed(new byte[10_000]);
            Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
            Assert.Equal(0, decoder.BufferedBytes);
            decoder.Feed(new byte[16 * 1024 - 10_000]);
            Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
            Assert.Equal(new Frame(operation, 3, true, default), frame);
            Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
        }
    }

    [Fact]
    public void The_length_of_a_body_is_known_while_its_bytes_are_gathered()
    {
        var decoder = new FrameDecoder();
        decoder.Feed((byte[])[.. Header(Operation.Share, 0, 100_000), 1, 2, 3]);
        Assert.Equal(0, decoder.GatheredLength);
        decoder.TryRead(out _);
        Assert.Equal(100_000, decoder.GatheredLength);
        decoder.Feed(new byte[99_997]);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out _));
        Assert.Equal(0, decoder.GatheredLength);
    }

    [Theory]
    [InlineData(Operation.Init)]
    [InlineData(Operation.Ping)]
    public void Rules_can_be_stricter_than_the_protocol(Operation operation)
    {
        var decoder = new FrameDecoder(Strict);
        decoder.Feed(Header(operation, 7, 1025));
        Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));
        Assert.Equal(ErrorCode.TooLarge, decoder.Violation!.Code);
    }

    [Fact]
    public void A_frame_right_after_the_one_that_changed_the_rules_is_read_under_the_new_rules()
    {
        var decoder = new FrameDecoder(Strict);
        var init = FrameEncoder.Encode(Operation.Init, 0, new byte[2_000]);
        decoder.Feed((byte[])[.. FrameEncoder.Encode(Operation.List, 1), .. init, .. FrameEncoder.Encode(Operation.List, 2)]);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out _));
        Assert.Equal(FrameReadResult.Violation, decoder.TryRead(out _));

        decoder.Use(BodyRules.Contract);

        Assert.Null(decoder.Violation);
        Assert.True(decoder.HasInput);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
        Assert.Equal(2_000, frame.Body.Length);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out frame));
        Assert.Equal(2, frame.SongId);
        Assert.False(decoder.HasInput);
    }

    [Fact]
    public void New_rules_apply_from_the_next_frame_on()
    {
        var decoder = new FrameDecoder();
        decoder.Feed((byte[])[.. Header(Operation.Share, 0, 4), 1, 2]);
        Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
        decoder.Use(Strict);
        decoder.Feed((byte[])[3, 4, .. FrameEncoder.Encode(Operation.Share, 0, [5, 6])]);
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var kept));
        Assert.Equal([1, 2, 3, 4], kept.Body.ToArray());
        Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var skipped));
        Assert.True(skipped.Body.IsEmpty);
    }

    [Fact]
    public void Bodies_that_were_given_up_do_not_mix_with_others()
    {
        var random = new Random(11);
        for (var round = 0; round < 200; round++)
        {
            // Some of the bodies are given up, the others are completed in any order.
            var bodies = Enumerable.Range(0, 6).Select(_ => new byte[random.Next(1, 100_000)]).ToArray();
            var decoders = bodies.Select(body =>
            {
                random.NextBytes(body);
                var decoder = new FrameDecoder();
                Feed(decoder, FrameEncoder.Encode(Operation.Share, 0, body).AsMemory()[..^1]);
                return decoder;
            }).ToArray();
            foreach (var (number, decoder) in decoders.Index().OrderBy(_ => random.Next()))
            {
                if (random.Next(2) == 0)
                {
                    decoder.Release();
                    decoder.Release();
                    Assert.Equal((0, 0), (decoder.BufferedBytes, decoder.GatheredLength));
                    continue;
                }

                decoder.Feed(bodies[number].AsMemory()[^1..]);
                Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
                Assert.True(frame.Body.Span.SequenceEqual(bodies[number]));
            }
        }

        void Feed(FrameDecoder decoder, ReadOnlyMemory<byte> bytes)
        {
            while (!bytes.IsEmpty)
            {
                var piece = bytes[..Math.Min(bytes.Length, random.Next(1, 20_000))];
                bytes = bytes[piece.Length..];
                decoder.Feed(piece);
                Assert.Equal(FrameReadResult.NeedMore, decoder.TryRead(out _));
            }
        }
    }

    [Fact]
    public void Complete_bodies_and_slices_of_DATA_are_not_copied()
    {
        byte[] whole = FrameEncoder.Encode(Operation.Error, 0, [1, 2, 3]), torn = FrameEncoder.Encode(Operation.Data, 1, [4, 5, 6])[..^1];
        var decoder = new FrameDecoder();
        foreach (var bytes in new[] { whole, torn })
        {
            decoder.Feed(bytes);
            Assert.Equal(FrameReadResult.Frame, decoder.TryRead(out var frame));
            Assert.True(MemoryMarshal.TryGetArray(frame.Body, out var segment));
            Assert.Same(bytes, segment.Array);
            decoder.TryRead(out _);
        }
    }

    [Fact]
    public void Feeding_more_bytes_before_the_previous_ones_have_been_read_throws()
    {
        var decoder = new FrameDecoder();
        decoder.Feed(new byte[10]);
        decoder.TryRead(out _);
        Assert.Throws<InvalidOperationException>(() => decoder.Feed(new byte[10]));
    }

    [Fact]
    public void A_body_of_a_megabyte_starts_with_a_small_buffer()
    {
        var decoder = new FrameDecoder();
        decoder.Feed(Header(Operation.Share, 0, 1024 * 1024));
        decoder.TryRead(out _);
        decoder.Feed(new byte[1]);
        decoder.TryRead(out _);
        Assert.InRange(decoder.BufferedBytes, 1, FirstBuffer);
    }

    [Theory]
    [InlineData(16 * 1024)]
    [InlineData((16 * 1024) + 1)]
    [InlineData(48 * 1024)]
    [InlineData(1024 * 1024)]
    public void A_large_body_in_pieces_of_any_size_is_complete_and_takes_at_most_twice_its_memory(int length)
    {
        var random = new Random(length);
        var body = new byte[length];
        random.NextBytes(body);
        byte[] second = FrameEncoder.Encode(Operation.List, 9);
        byte[] bytes = [.. FrameEncoder.Encode(Operation.Share, 0, body), .. second];
        for (var round = 0; round < 20; round++)
        {
            var decoder = new FrameDecoder();
            var largest = 1 << random.Next(1, 18);
            var frames = new List<Frame>();
            for (var fed = 0; fed < bytes.Length;)
            {
                // The piece is cleared afterwards, because callers use their buffers again.
                var piece = bytes.AsSpan(fed, Math.Min(random.Next(1, largest + 1), bytes.Length - fed)).ToArray();
                fed += piece.Length;
                decoder.Feed(piece);
                while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
                    frames.Add(frame with { Body = frame.Body.ToArray() });
                Assert.InRange(decoder.BufferedBytes, 0, Math.Max(FirstBuffer, 2 * fed));
                Array.Clear(piece);
            }

            Assert.Equal([Operation.Share, Operation.List], frames.Select(frame => frame.Operation));
            Assert.True(body.AsSpan().SequenceEqual(frames[0].Body.Span), $"pieces of at most {largest} bytes");
        }
    }

    [Fact]
    public void A_million_random_inputs_never_cause_an_exception_or_an_oversized_buffer()
    {
        var random = new Random(20260801);
        var buffer = new byte[64];
        for (var i = 0; i < 1_000_000; i++)
        {
            var bytes = buffer.AsMemory(0, random.Next(buffer.Length + 1));
            random.NextBytes(bytes.Span);
            if (i % 2 == 0 && bytes.Length >= FrameHeader.SizeWithLength)
                new FrameHeader((Operation)random.Next(16), random.Next(), random.Next(4) > 0, (uint)random.Next(80)).Write(bytes.Span);
            Feed(new FrameDecoder(), bytes, random);
        }
    }

    private static void Feed(FrameDecoder decoder, ReadOnlyMemory<byte> bytes, Random random)
    {
        var fed = 0;
        while (fed < bytes.Length)
        {
            var piece = bytes.Slice(fed, random.Next(1, bytes.Length - fed + 1));
            fed += piece.Length;
            decoder.Feed(piece);
            while (decoder.TryRead(out var frame) == FrameReadResult.Frame)
            {
                if (frame.Body.Length > fed)
                    Assert.Fail("a body is longer than all bytes fed so far");
            }

            if (decoder.BufferedBytes > FirstBuffer + FrameHeader.SizeWithLength)
                Assert.Fail($"{decoder.BufferedBytes} bytes are buffered after {fed} were fed");
        }
    }

    private static byte[] Header(Operation operation, int id, uint length)
    {
        var header = new byte[FrameHeader.SizeWithLength];
        new FrameHeader(operation, id, true, length).Write(header);
        return header;
    }
}
