using FsCheck;
using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

/// <summary>
/// Checks frames in free format. Their headers state no bitrate, so the length of a frame is the distance between equal headers.
/// </summary>
public sealed class Mp3FreeFormatSpecs
{
    [Property]
    public bool The_length_is_found_for_every_length_and_padding(ushort length, int paddings)
    {
        var bytes = 36 + length % (Mp3FreeFormat.MaxFrameBytes - 36);
        var stream = FreeFrames(3, bytes, isPadded: number => (paddings >> number & 1) == 1);

        return Mp3FreeFormat.Measure(stream, out var header) == FreeFormatMeasure.Found
            && header.IsFreeFormat && header.FrameBytes == bytes + (paddings & 1);
    }

    [Property]
    public bool More_bytes_never_change_a_decision(ushort length, ushort cut)
    {
        var stream = Join(FreeFrames(3, 36 + length % 4000), Junk(500));
        var part = Mp3FreeFormat.Measure(stream.AsSpan(0, cut % stream.Length), out _);

        return part == FreeFormatMeasure.NeedsMore || part == Mp3FreeFormat.Measure(stream, out _)
            || part == FreeFormatMeasure.NotFound && cut % stream.Length < Mp3FrameHeader.Size;
    }

    [Fact]
    public void Three_frames_of_one_stream_and_length_are_needed()
    {
        Assert.Equal(FreeFormatMeasure.NeedsMore, Measure(FreeFrames(2, 500)));
        Assert.Equal(FreeFormatMeasure.NeedsMore, Measure(FreeFrames(3, 500).AsSpan()[..^1]));
        Assert.Equal(FreeFormatMeasure.Found, Measure(FreeFrames(3, 500)));
        Assert.Equal(FreeFormatMeasure.NotFound, Measure(Join(FreeFrames(2, 500), Junk(9000))));
        Assert.Equal(FreeFormatMeasure.NotFound, Measure(Join(FreeFrames(1, 500), FreeFrames(1, 501), FreeFrames(1, 500), Junk(9000))));
        // A different sample rate, and mono after stereo.
        foreach (var other in (byte[][])[[0xFF, 0xFB, 0x04, 0x00], [0xFF, 0xFB, 0x00, 0xC0]])
            Assert.Equal(FreeFormatMeasure.NotFound, Measure(Join(FreeFrames(2, 500), FreeFrames(1, 500, other), Junk(9000))));
    }

    [Fact]
    public void Longer_frames_and_frames_without_room_for_side_information_are_not_recognized()
    {
        Assert.Equal(FreeFormatMeasure.Found, Measure(FreeFrames(3, Mp3FreeFormat.MaxFrameBytes - 1)));
        Assert.Equal(FreeFormatMeasure.NotFound, Measure(FreeFrames(4, Mp3FreeFormat.MaxFrameBytes)));
        Assert.Equal(FreeFormatMeasure.Found, Measure(FreeFrames(3, 36)));
        Assert.Equal(FreeFormatMeasure.NotFound, Measure(Join(FreeFrames(3, 35), Junk(9000))));
    }

    [Fact]
    public void A_stated_bitrate_is_not_free_format() => Assert.Equal(FreeFormatMeasure.NotFound, Measure(Frames(4)));

    [Theory]
    [InlineData("FFFB0000", 653, 200)] // 44.1 kHz
    [InlineData("FFFB0400", 1920, 640)] // 48 kHz
    [InlineData("FFFB0800", 2880, 640)] // 32 kHz
    [InlineData("FFF308C0", 2880, 640)] // 16 kHz, mono
    [InlineData("FFF304C0", 960, 320)] // 24 kHz, mono
    public void The_bitrate_follows_from_the_length(string header, int length, int kilobits)
    {
        Mp3FreeFormat.Measure(FreeFrames(3, length, Convert.FromHexString(header)), out var first);

        Assert.Equal(1000 * kilobits, first.BitrateBps);
    }

    [Fact]
    public void Random_bytes_are_not_mistaken_for_free_format()
    {
        var bytes = new byte[64 << 20];
        new System.Random(21).NextBytes(bytes);
        var headers = 0;
        for (var at = 0; (at += bytes.AsSpan(at).IndexOf((byte)0xFF)) < bytes.Length - Mp3FreeFormat.LookAheadBytes; at++)
        {
            if (!Mp3FrameHeader.TryParseFree(bytes.AsSpan(at), 100, out _))
                continue;
            headers++;
            Assert.Equal(FreeFormatMeasure.NotFound, Measure(bytes.AsSpan(at)));
        }

        // At least one of them would count as free format if two frames were enough.
        Assert.InRange(headers, 100, 1000);
    }

    [Property]
    public bool The_splitter_returns_every_frame_unchanged_however_the_stream_is_split(PositiveInt piece)
    {
        var stream = FreeFrames(20, 700, isPadded: number => number % 3 == 0);

        return Join([.. Split(stream, piece.Get % 3000 + 1)]).AsSpan().SequenceEqual(stream);
    }

    [Fact]
    public void The_splitter_finds_the_length_again_after_damage_and_in_the_next_song()
    {
        var stream = Join(FreeFrames(5, 700), Junk(300), FreeFrames(5, 700), Frames(5), FreeFrames(5, 900));

        Assert.Equal(
            [.. Enumerable.Repeat(700, 10), .. Enumerable.Repeat(417, 5), .. Enumerable.Repeat(900, 5)],
            Split(stream, 5000).Select(frame => frame.Length));
    }

    [Fact]
    public void The_times_of_all_ranges_add_up_to_the_time_of_the_song()
    {
        var song = FreeFrames(90, 700, isPadded: number => number % 2 == 0);
        var seconds = song.Chunk(16 << 10).Sum(range => Mp3FrameTime.Measure(range)?.TotalSeconds ?? 0);

        Assert.Equal(90 * 1152 / 44_100.0, seconds, 6);
    }

    [Fact]
    public void The_header_of_a_whole_frame_has_its_length()
    {
        foreach (var isPadded in (bool[])[false, true])
        {
            var frame = FreeFrames(1, 700, isPadded: _ => isPadded);
            Assert.True(Mp3FrameHeader.TryParseFrame(frame, out var header));
            Assert.Equal((true, frame.Length), (header.IsFreeFormat, header.FrameBytes));
        }

        Assert.True(Mp3FrameHeader.TryParseFrame(Frame(), out var stated));
        Assert.False(stated.IsFreeFormat);
    }

    private static FreeFormatMeasure Measure(ReadOnlySpan<byte> bytes) => Mp3FreeFormat.Measure(bytes, out _);

    private static List<byte[]> Split(byte[] stream, int piece)
    {
        var splitter = new Mp3FrameSplitter();
        var frames = new List<byte[]>();
        foreach (var bytes in stream.Chunk(piece))
        {
            splitter.Feed(bytes);
            while (splitter.TryNext(out _, out var frame))
                frames.Add(frame.ToArray());
        }

        return frames;
    }
}
