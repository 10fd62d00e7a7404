using TspActors.Peer.Playlists;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Playlists;

/// <summary>Checks when a song counts as played.</summary>
public sealed class HeardTimeSpecs
{
    private readonly HeardTime _heard = new();

    public HeardTimeSpecs() => _heard.Begin(TimeSpan.Zero);

    [Fact]
    public void A_long_song_counts_once_after_30_seconds()
    {
        Assert.False(Advance(600, 29, 29));
        Assert.True(Advance(600, 30, 30));
        Assert.False(Advance(600, 31, 31));
        Assert.False(Advance(600, 600, 600));
    }

    [Fact]
    public void A_short_song_counts_after_half_of_it()
    {
        Assert.False(Advance(20, 9, 9));
        Assert.True(Advance(20, 10, 10));
    }

    [Fact]
    public void A_seek_forward_does_not_count_and_one_back_does_not_subtract()
    {
        Assert.False(Advance(600, 500, 1));
        Assert.False(Advance(600, 10, 2));
        Assert.False(Advance(600, 38, 30));
        Assert.True(Advance(600, 39, 31));
    }

    [Fact]
    public void Time_without_sound_does_not_count()
    {
        Assert.False(Advance(600, 29, 29));
        Assert.False(Advance(600, 29, 500));
        Assert.True(Advance(600, 31, 502));
    }

    [Fact]
    public void A_song_that_begins_again_counts_again()
    {
        Assert.True(Advance(20, 10, 10));
        _heard.Begin(TimeSpan.FromSeconds(20));
        Assert.False(Advance(20, 9, 29));
        Assert.True(Advance(20, 10, 30));
    }

    [Fact]
    public void A_live_feed_counts_after_30_seconds()
    {
        var feed = new Song { Id = 1, Live = true };

        Assert.False(_heard.Advance(feed, TimeSpan.FromSeconds(29), TimeSpan.FromSeconds(29)));
        Assert.True(_heard.Advance(feed, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(30)));
    }

    private bool Advance(uint seconds, double position, double now) => _heard.Advance(
        new Song { Id = 1, Format = new AudioFormat { DurationMs = seconds * 1_000 } },
        TimeSpan.FromSeconds(position), TimeSpan.FromSeconds(now));
}
