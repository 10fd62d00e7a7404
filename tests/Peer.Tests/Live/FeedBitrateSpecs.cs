using TspActors.Peer.Live.Feeds;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks the bitrate that the hosting limits count for a listener of a feed.</summary>
public sealed class FeedBitrateSpecs
{
    private const uint ChunkMs = 500;

    private readonly FeedBitrate _bitrate = new();
    private readonly LiveRing _ring = new(TimeSpan.FromSeconds(60));
    private ulong _timeMs = 1_790_000_000_000;

    [Fact]
    public void A_song_that_begins_softly_does_not_set_the_bitrate_of_the_feed()
    {
        Play(kbits: 32, seconds: 1);
        Assert.Equal(32_000u, _bitrate.Bps);

        Play(kbits: 192, seconds: 20);
        Assert.Equal(184_000u, _bitrate.Bps);
        Play(kbits: 192, seconds: 40);
        Assert.Equal(192_000u, _bitrate.Bps);
    }

    [Fact]
    public void A_song_that_begins_loudly_does_not_set_the_bitrate_of_the_feed()
    {
        Play(kbits: 320, seconds: 1);
        Assert.Equal(320_000u, _bitrate.Bps);

        Play(kbits: 96, seconds: 4);
        Assert.Equal(144_000u, _bitrate.Bps);
    }

    [Theory]
    [InlineData(32)]
    [InlineData(128)]
    [InlineData(320)]
    public void A_constant_bitrate_is_exact(int kbits)
    {
        for (var minute = 0; minute < 3; minute++)
        {
            Play(kbits, seconds: 60);
            Assert.Equal((uint)kbits * 1_000, _bitrate.Bps);
        }
    }

    [Fact]
    public void The_next_song_raises_the_bitrate_within_a_minute_and_lowers_it_only_after_ten()
    {
        Play(kbits: 64, seconds: 300);

        Play(kbits: 320, seconds: 60);
        Assert.Equal(320_000u, _bitrate.Bps);

        Play(kbits: 64, seconds: 540);
        Assert.Equal(320_000u, _bitrate.Bps);
        Play(kbits: 320, seconds: 60);
        Play(kbits: 64, seconds: 540);
        Assert.Equal(320_000u, _bitrate.Bps);
        Play(kbits: 64, seconds: 120);
        Assert.InRange(_bitrate.Bps, 64_000u, 240_000u);
        Play(kbits: 64, seconds: 1_200);
        Assert.Equal(64_000u, _bitrate.Bps);
    }

    [Fact]
    public void Until_enough_sound_is_held_the_stated_bitrate_counts_if_it_is_higher()
    {
        Play(kbits: 8, seconds: 4, statedBps: 128_000);
        Assert.Equal(128_000u, _bitrate.Bps);

        Play(kbits: 8, seconds: 1, statedBps: 128_000);
        Assert.Equal(8_000u, _bitrate.Bps);
    }

    [Theory]
    [InlineData(0u, true)]
    [InlineData(64_000u, true)]
    [InlineData(112_000u, false)]
    [InlineData(128_000u, false)]
    [InlineData(160_000u, false)]
    [InlineData(320_000u, true)]
    public void Only_a_very_different_bitrate_is_listed_again(uint listed, bool differs)
    {
        Play(kbits: 128, seconds: 10);

        Assert.Equal(differs, _bitrate.DiffersFrom(listed));
    }

    private void Play(int kbits, int seconds, uint statedBps = 0)
    {
        for (var chunk = 0; chunk < seconds * 1_000 / ChunkMs; chunk++)
        {
            var proof = new LiveChunk { Sequence = _timeMs, TimeMs = _timeMs, DurationMs = ChunkMs };
            _ring.Add(new FeedChunk(proof, new byte[kbits * ChunkMs / 8], FeedTitle.None));
            _bitrate.Measure(_ring.Chunks, statedBps);
            _timeMs += ChunkMs;
        }
    }
}
