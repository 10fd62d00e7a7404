using FsCheck.Xunit;
using Google.Protobuf;

namespace TspActors.Protocol.Tests;

public sealed class ReplayGainBoundsSpecs
{
    [Fact]
    public void Values_within_the_bounds_stay()
    {
        var format = new AudioFormat { TrackGainCdb = -6_000, TrackPeakPpm = 1, AlbumGainCdb = 6_000, AlbumPeakPpm = 16_000_000 };

        Assert.Equal(format, Cleaned(format));
    }

    [Theory]
    [InlineData(-6_001, 0U)]
    [InlineData(6_001, 16_000_001U)]
    [InlineData(int.MinValue, uint.MaxValue)]
    public void Values_outside_the_bounds_are_removed_and_the_rest_stays(int gain, uint peak)
    {
        var format = new AudioFormat
        {
            PayloadBytes = 5,
            TrackGainCdb = gain,
            TrackPeakPpm = peak,
            AlbumGainCdb = gain,
            AlbumPeakPpm = peak,
        };

        Assert.Equal(new AudioFormat { PayloadBytes = 5 }, Cleaned(format));
    }

    [Fact]
    public void A_gain_of_0_is_not_the_same_as_none()
    {
        var read = AudioFormat.Parser.ParseFrom(new AudioFormat { TrackGainCdb = 0 }.ToByteArray());

        Assert.True(read.HasTrackGainCdb);
        Assert.False(read.HasAlbumGainCdb);
    }

    [Property]
    public void A_copy_has_exactly_the_values_of_its_source(int gain, uint peak, bool hasGain, bool hasPeak)
    {
        var from = new AudioFormat();
        if (hasGain)
            from.TrackGainCdb = gain;
        if (hasPeak)
            from.AlbumPeakPpm = peak;
        var to = new AudioFormat { PayloadBytes = 7, TrackGainCdb = 1, TrackPeakPpm = 1, AlbumGainCdb = 1, AlbumPeakPpm = 1 };

        ReplayGainBounds.Copy(from, to);

        Assert.Equal(new AudioFormat(from) { PayloadBytes = 7 }, to);
    }

    private static AudioFormat Cleaned(AudioFormat format)
    {
        var clean = format.Clone();
        ReplayGainBounds.Clean(clean);
        return clean;
    }
}
