using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

public sealed class CueRulesSpecs
{
    private static readonly TimeSpan Wanted = TimeSpan.FromSeconds(8);
    private readonly CueRules _rules = new(ReplayGainMode.Track, Wanted);

    [Fact]
    public void Songs_overlap_by_the_crossfade() => Assert.Equal(Wanted, _rules.CueFor(Song(60), Song(60)).Fade);

    [Theory]
    [InlineData(10, 60)]
    [InlineData(60, 10)]
    public void A_fade_covers_at_most_half_of_a_song(int ending, int beginning) =>
        Assert.Equal(TimeSpan.FromSeconds(5), _rules.CueFor(Song(beginning), Song(ending)).Fade);

    [Fact]
    public void The_first_song_has_no_crossfade() => Assert.Equal(TimeSpan.Zero, _rules.CueFor(Song(60), null).Fade);

    [Fact]
    public void A_live_feed_or_a_song_of_unknown_length_has_no_crossfade()
    {
        var live = new Song { Live = true, Format = new AudioFormat { DurationMs = 60_000 } };

        Assert.Equal(TimeSpan.Zero, _rules.CueFor(live, Song(60)).Fade);
        Assert.Equal(TimeSpan.Zero, _rules.CueFor(Song(60), live).Fade);
        Assert.Equal(TimeSpan.Zero, _rules.CueFor(new Song(), Song(60)).Fade);
        Assert.Equal(TimeSpan.Zero, _rules.CueFor(Song(60), new Song()).Fade);
    }

    [Fact]
    public void Each_song_has_its_own_gain()
    {
        var quiet = Song(60);
        quiet.Format.TrackGainCdb = -2_000;

        Assert.Equal(0.1, _rules.CueFor(quiet, Song(60)).Gain, 6);
        Assert.Equal(1, _rules.CueFor(Song(60), quiet).Gain);
        Assert.Equal(1, CueRules.Plain.CueFor(quiet, null).Gain);
    }

    private static Song Song(int seconds) => new() { Format = new AudioFormat { DurationMs = (uint)seconds * 1_000 } };
}
