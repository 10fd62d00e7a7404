using FsCheck.Xunit;
using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

public sealed class ReplayGainSpecs
{
    private static readonly AudioFormat Both = new()
    {
        TrackGainCdb = -600,
        TrackPeakPpm = 900_000,
        AlbumGainCdb = -300,
        AlbumPeakPpm = 950_000,
    };

    [Theory]
    [InlineData(ReplayGainMode.Off, 0, "")]
    [InlineData(ReplayGainMode.Track, -6, "-6.0 dB (track)")]
    [InlineData(ReplayGainMode.Album, -3, "-3.0 dB (album)")]
    public void The_wanted_gain_is_used(ReplayGainMode mode, double decibels, string text)
    {
        var gain = ReplayGain.Choose(Both, mode);

        Assert.Equal(decibels, Decibels(gain), 6);
        Assert.Equal(text, gain.ToString());
    }

    [Fact]
    public void The_other_gain_is_used_if_the_wanted_one_is_unknown()
    {
        Assert.Equal(-4, Decibels(ReplayGain.Choose(new AudioFormat { AlbumGainCdb = -400 }, ReplayGainMode.Track)), 6);
        Assert.Equal(-5, Decibels(ReplayGain.Choose(new AudioFormat { TrackGainCdb = -500 }, ReplayGainMode.Album)), 6);
    }

    [Fact]
    public void A_song_without_a_gain_plays_as_it_is()
    {
        Assert.Equal(ReplayGain.None, ReplayGain.Choose(null, ReplayGainMode.Track));
        Assert.Equal(ReplayGain.None, ReplayGain.Choose(new AudioFormat { TrackPeakPpm = 1_500_000 }, ReplayGainMode.Track));
    }

    [Fact]
    public void A_gain_is_limited_by_the_peak()
    {
        var gain = ReplayGain.Choose(new AudioFormat { TrackGainCdb = 1_000, TrackPeakPpm = 500_000 }, ReplayGainMode.Track);

        Assert.Equal(2, gain.Factor, 6);
        Assert.Equal("+6.0 dB (track, limited so that nothing clips)", gain.ToString());
    }

    [Fact]
    public void A_song_whose_peak_is_unknown_is_not_made_louder() =>
        Assert.Equal(new ReplayGain(1, ReplayGainMode.Track, true), ReplayGain.Choose(
            new AudioFormat { TrackGainCdb = 300 }, ReplayGainMode.Track));

    [Fact]
    public void The_peak_of_the_other_kind_protects_too() => Assert.Equal(
        2, ReplayGain.Choose(new AudioFormat { TrackGainCdb = 1_000, AlbumPeakPpm = 500_000 }, ReplayGainMode.Track).Factor, 6);

    [Property]
    public void With_any_gain_and_peak_a_song_neither_clips_nor_becomes_silent(
        int trackGain, uint trackPeak, int albumGain, uint albumPeak, bool isAlbum)
    {
        var format = new AudioFormat
        {
            TrackGainCdb = trackGain,
            TrackPeakPpm = trackPeak,
            AlbumGainCdb = albumGain,
            AlbumPeakPpm = albumPeak,
        };

        var gain = ReplayGain.Choose(format, isAlbum ? ReplayGainMode.Album : ReplayGainMode.Track);

        Assert.InRange(gain.Factor, 0.000_9, 1_000);
        var peak = isAlbum ? albumPeak : trackPeak;
        if (gain.Factor > 1)
            Assert.True(gain.Factor * peak <= 1_000_000.000_1 || !ReplayGainBounds.IsPeak(peak));
    }

    private static double Decibels(ReplayGain gain) => 20 * Math.Log10(gain.Factor);
}
