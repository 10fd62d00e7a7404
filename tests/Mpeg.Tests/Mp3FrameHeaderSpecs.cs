using FsCheck.Xunit;

namespace TspActors.Mpeg.Tests;

public sealed class Mp3FrameHeaderSpecs
{
    private static readonly int[] Mpeg1Bitrates = [32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320];
    private static readonly int[] Mpeg2Bitrates = [8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160];

    // The two version bits of the header, the version, and its sample rates: ISO/IEC 11172-3, ISO/IEC 13818-3 and MPEG-2.5.
    private static readonly (int Bits, MpegVersion Version, int[] Rates)[] Versions =
    [
        (3, MpegVersion.Mpeg1, [44_100, 48_000, 32_000]),
        (2, MpegVersion.Mpeg2, [22_050, 24_000, 16_000]),
        (0, MpegVersion.Mpeg25, [11_025, 12_000, 8_000]),
    ];

    [Theory]
    [InlineData("FFFB9000", MpegVersion.Mpeg1, 128_000, 44_100, 2, 1152, 417, 32)]
    [InlineData("FFFB9200", MpegVersion.Mpeg1, 128_000, 44_100, 2, 1152, 418, 32)]
    [InlineData("FFFBE8C0", MpegVersion.Mpeg1, 320_000, 32_000, 1, 1152, 1440, 17)]
    [InlineData("FFFA14C0", MpegVersion.Mpeg1, 32_000, 48_000, 1, 1152, 96, 17)]
    [InlineData("FFF384C0", MpegVersion.Mpeg2, 64_000, 24_000, 1, 576, 192, 9)]
    [InlineData("FFF34000", MpegVersion.Mpeg2, 32_000, 22_050, 2, 576, 104, 17)]
    [InlineData("FFE3E8C0", MpegVersion.Mpeg25, 160_000, 8_000, 1, 576, 1440, 9)]
    [InlineData("FFE31000", MpegVersion.Mpeg25, 8_000, 11_025, 2, 576, 52, 17)]
    public void Parses_every_field(
        string hex, MpegVersion version, int bitrate, int rate, int channels, int samples, int length, int sideInfo)
    {
        Assert.True(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out var header));
        Assert.Equal(
            (version, bitrate, rate, channels, samples, length, sideInfo),
            (header.Version, header.BitrateBps, header.SampleRateHz, header.Channels, header.SamplesPerFrame, header.FrameBytes,
                header.SideInfoBytes));
    }

    [Theory]
    [InlineData("FFFB0000")] // free format
    [InlineData("FFFBF000")] // invalid bitrate
    [InlineData("FFFB9C00")] // reserved sample rate
    [InlineData("FFEB9000")] // reserved version
    [InlineData("FFF99000")] // reserved layer, as in AAC
    [InlineData("FFFD9000")] // Layer II
    [InlineData("FFFF9000")] // Layer I
    [InlineData("FEFB9000")]
    [InlineData("FFDB9000")]
    [InlineData("FFFB90")]
    [InlineData("")]
    public void Rejects_bytes_that_are_not_a_layer_III_header(string hex) =>
        Assert.False(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out _));

    [Fact]
    public void No_valid_header_has_a_frame_longer_than_the_maximum()
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

        // 3 versions, with and without checksum, 14 bitrates, 3 sample rates, and 10 bits that may have any value.
        Assert.Equal(3 * 2 * 14 * 3 * 1024, accepted);
    }

    [Fact]
    public void Every_valid_header_is_parsed_into_the_fields_it_was_built_from()
    {
        foreach (var (bits, version, rates) in Versions)
        {
            var bitrates = version == MpegVersion.Mpeg1 ? Mpeg1Bitrates : Mpeg2Bitrates;
            var samples = version == MpegVersion.Mpeg1 ? 1152 : 576;
            for (var rest = 0; rest < 14 * 3 * 2 * 2 * 4; rest++)
            {
                var (bitrate, rate, hasCrc, isPadded, mode) = (rest % 14, rest / 14 % 3, rest / 42 % 2 == 1, rest / 84 % 2 == 1,
                    rest / 168);
                byte[] bytes =
                [
                    0xFF,
                    (byte)(0xE2 | bits << 3 | (hasCrc ? 0 : 1)),
                    (byte)(bitrate + 1 << 4 | rate << 2 | (isPadded ? 2 : 0)),
                    (byte)(mode << 6),
                ];

                Assert.True(Mp3FrameHeader.TryParse(bytes, out var header));
                Assert.Equal(
                    (version, bitrates[bitrate] * 1000, rates[rate], hasCrc, isPadded, mode == 3 ? 1 : 2),
                    (header.Version, header.BitrateBps, header.SampleRateHz, header.HasCrc, header.IsPadded, header.Channels));
                Assert.Equal(
                    (samples, samples / 8 * bitrates[bitrate] * 1000 / rates[rate] + (isPadded ? 1 : 0)),
                    (header.SamplesPerFrame, header.FrameBytes));
            }
        }
    }

    [Fact]
    public void Headers_belong_to_the_same_stream_if_version_and_sample_rate_are_equal()
    {
        Assert.True(Parse("FFFB9000").IsSameStream(Parse("FFFAE2C4")));
        Assert.False(Parse("FFFB9000").IsSameStream(Parse("FFFB9400")));
        Assert.False(Parse("FFF39000").IsSameStream(Parse("FFE39000")));
        Assert.False(Parse("FFE39000").IsSameStream(default));
    }

    [Property]
    public bool Arbitrary_bytes_never_make_the_parser_throw(byte[] bytes) =>
        !Mp3FrameHeader.TryParse(bytes, out var header) || header.FrameBytes >= 24;

    private static Mp3FrameHeader Parse(string hex)
    {
        Assert.True(Mp3FrameHeader.TryParse(Convert.FromHexString(hex), out var header));
        return header;
    }
}
