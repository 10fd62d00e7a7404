using static TspActors.Mpeg.Tests.Material.Mp3Frames;

namespace TspActors.Mpeg.Tests;

public sealed class Mp3FrameTallySpecs
{
    private readonly Mp3FrameTally _tally = new();

    [Fact]
    public void A_constant_bitrate_is_not_reported_as_variable()
    {
        Add(Header128, 100);

        Assert.Equal((100, false, 44_100), (_tally.FrameCount, _tally.IsVariableBitrate, _tally.First.SampleRateHz));
        Assert.Equal(100 * 1152 / 44_100d, _tally.Seconds, 1e-9);
    }

    [Fact]
    public void Padding_does_not_make_a_bitrate_variable()
    {
        Add(Header128, 1);
        Add([0xFF, 0xFB, 0x92, 0x00], 1);

        Assert.False(_tally.IsVariableBitrate);
    }

    [Fact]
    public void Each_frame_counts_with_its_own_sample_rate()
    {
        Add(Header128, 10);
        Add(Header24k, 20);
        Add(Header64, 5);

        Assert.Equal((35, true, 44_100), (_tally.FrameCount, _tally.IsVariableBitrate, _tally.First.SampleRateHz));
        Assert.Equal(15 * 1152 / 44_100d + 20 * 576 / 24_000d, _tally.Seconds, 1e-9);
    }

    private void Add(byte[] bytes, int count)
    {
        Assert.True(Mp3FrameHeader.TryParse(bytes, out var header));
        for (var frame = 0; frame < count; frame++)
            _tally.Add(header);
    }
}
