using FsCheck.Xunit;
using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

/// <summary>Checks how Xing, Info and VBRI frames are read.</summary>
public sealed class Mp3InfoFrameSpecs
{
    private static readonly byte[] Header128WithCrc = [0xFF, 0xFA, 0x90, 0x00];
    private static readonly byte[] Header128Mono = [0xFF, 0xFB, 0x90, 0xC0];

    [Theory]
    [InlineData("Xing", Mp3InfoKind.Xing)]
    [InlineData("Info", Mp3InfoKind.Info)]
    public void Reads_frame_count_delay_and_padding(string marker, Mp3InfoKind kind)
    {
        foreach (var header in (byte[][])[Header128, Header128WithCrc, Header128Mono, Header24k])
        {
            Assert.True(Mp3InfoFrame.TryRead(LameFrame(marker, 1234, 576, 1892, header), out var info));
            Assert.Equal((kind, 1234, 576, 1892), (info.Kind, info.FrameCount, info.DelaySamples, info.PaddingSamples));
            Assert.True(info.HasGaps);
            Assert.Equal(1892 - 529, info.TrailingSamples);
        }
    }

    [Fact]
    public void Reads_a_frame_whose_checksum_shifts_the_marker()
    {
        Assert.True(Mp3InfoFrame.TryRead(LameFrame("Info", 99, 1105, 600, Header128WithCrc, shiftedByCrc: true), out var info));
        Assert.Equal((99, 1105, 600), (info.FrameCount, info.DelaySamples, info.PaddingSamples));
        Assert.False(Mp3InfoFrame.TryRead(LameFrame("Info", 99, 1105, 600, Header128, shiftedByCrc: true), out _));
    }

    [Fact]
    public void HeadBytes_covers_every_field()
    {
        var frame = LameFrame("Xing", 7, 576, 4095, Header128WithCrc, shiftedByCrc: true);
        Assert.True(Mp3InfoFrame.TryRead(frame.AsSpan(0, Mp3InfoFrame.HeadBytes), out var info));
        Assert.Equal((7, 576, 4095), (info.FrameCount, info.DelaySamples, info.PaddingSamples));
    }

    [Fact]
    public void Padding_shorter_than_the_decoder_delay_leaves_nothing_to_trim()
    {
        Assert.True(Mp3InfoFrame.TryRead(LameFrame("Info", 7, 576, 500), out var info));
        Assert.Equal(0, info.TrailingSamples);
    }

    [Fact]
    public void Fields_beyond_the_given_bytes_are_unknown()
    {
        var frame = LameFrame("Xing", 1234, 576, 1892);
        Assert.True(Mp3InfoFrame.TryRead(frame.AsSpan(0, 40), out var marker));
        Assert.Equal((0, false), (marker.FrameCount, marker.HasGaps));
        Assert.True(Mp3InfoFrame.TryRead(frame.AsSpan(0, 100), out var count));
        Assert.Equal((1234, false), (count.FrameCount, count.HasGaps));
        Assert.False(Mp3InfoFrame.TryRead(frame.AsSpan(0, 39), out _));
    }

    [Fact]
    public void Recognizes_a_VBRI_frame()
    {
        var frame = InfoFrame("VBRI");
        frame.AsSpan(40, 30).Clear();
        frame[53] = 77;
        Assert.True(Mp3InfoFrame.TryRead(frame, out var info));
        Assert.Equal((Mp3InfoKind.Vbri, 77, false), (info.Kind, info.FrameCount, info.HasGaps));
    }

    [Fact]
    public void An_audio_frame_is_not_an_info_frame()
    {
        Assert.False(Mp3InfoFrame.TryRead(Frame(), out _));
        Assert.False(Mp3InfoFrame.TryRead(Junk(500), out _));
        Assert.False(Mp3InfoFrame.TryRead([], out _));
    }

    [Property]
    public bool Arbitrary_bytes_never_make_the_reader_throw(byte[] bytes, byte length)
    {
        byte[] frame = [.. LameFrame("Xing", 1, 2, 3).AsSpan(0, length % 60), .. bytes];
        return !Mp3InfoFrame.TryRead(frame, out var info) || info is { FrameCount: >= 0, TrailingSamples: >= 0 };
    }
}
