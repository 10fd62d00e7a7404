using TspActors.Media.Mp3;

namespace TspActors.Media.Tests;

public sealed class Mp3FrameHeaderSpecs
{
    [Theory]
    [InlineData("FFFB9000", MpegVersion.Mpeg1, 128_000, 44_100, 2, 1152, 417, 32)]
    [InlineData("FFFB9200", MpegVersion.Mpeg1, 128_000, 44_100, 2, 1152, 418, 32)]
    [InlineData("FFFBE8C0", MpegVersion.Mpeg1, 320_000, 32_000, 1, 1152, 1440, 17)]
    [InlineData("FFFA14C0", MpegVersion.Mpeg1, 32_000, 48_000, 1, 1152, 96, 17)]
    [InlineData("FFF384C0", MpegVersion.Mpeg2, 64_000, 24_000, 1, 576, 192, 9)]
    [InlineData("FFF34000", MpegVersion.Mpeg2, 32_000, 22_050, 2, 576, 104, 17)]
    [InlineData("FFE3E8C0", MpegVersion.Mpeg25, 160_000, 8_000, 1, 576, 1440, 9)]
    [InlineData("FFE31000", MpegVersion.Mpeg25, 8_000, 11_025, 2, 576, 52, 17)]
    public void Reads_what_the_four_bytes_say(string hex, MpegVersion version, int bitrate, int rate, int channels, int samples, int length, int sideInfo)
    {
        Assert.True(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out var header));
        Assert.Equal(
            (version, bitrate, rate, channels, samples, length, sideInfo),
            (header.Version, header.BitrateBps, header.SampleRateHz, header.Channels, header.SamplesPerFrame, header.FrameBytes, header.SideInfoBytes));
    }

    [Theory]
    [InlineData("FFFB0000")] // free format
    [InlineData("FFFBF000")] // bit rate 15
    [InlineData("FFFB9C00")] // sample rate 3
    [InlineData("FFEB9000")] // version 1
    [InlineData("FFF99000")] // layer 0, as in AAC
    [InlineData("FFFD9000")] // Layer II
    [InlineData("FFFF9000")] // Layer I
    [InlineData("FEFB9000")]
    [InlineData("FFDB9000")]
    [InlineData("FFFB90")]
    [InlineData("")]
    public void Refuses_what_is_no_layer_III_header(string hex) => Assert.False(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void Every_header_there_is_has_a_frame_that_fits_the_longest()
    {
        var accepted = 0;
        for (var bits = 0; bits < 1 << 21; bits++)
        {
            byte[] bytes = [0xFF, (byte)(0xE0 | bits >> 16), (byte)(bits >> 8), (byte)bits];
            if (!Mp3FrameHeader.TryParse(bytes, out var header))
                continue;
            accepted++;
            Assert.InRange(header.FrameBytes, 24, Mp3FrameHeader.MaxFrameBytes);
        }

        // 3 versions, with and without checksum, 14 bit rates, 3 sample rates, and 10 bits that may be anything.
        Assert.Equal(3 * 2 * 14 * 3 * 1024, accepted);
    }

    [Fact]
    public void Neighbours_share_version_and_sample_rate_and_nothing_else()
    {
        Assert.True(Parse("FFFB9000").IsSameStream(Parse("FFFAE2C4")));
        Assert.False(Parse("FFFB9000").IsSameStream(Parse("FFFB9400")));
        Assert.False(Parse("FFF39000").IsSameStream(Parse("FFE39000")));
    }

    private static Mp3FrameHeader Parse(string hex)
    {
        Assert.True(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out var header));
        return header;
    }
}
