using TspActors.Peer.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks which granted songs are fetched, and why others are refused.</summary>
public sealed class GrantCheckSpecs
{
    private static readonly TestSong Song = new(200_000);

    [Fact]
    public void An_ordinary_song_is_accepted() => Assert.Null(GrantCheck.Refusal(Order(0), Song.ToSong(1), Song.ToSong(1)));

    [Fact]
    public void A_live_feed_is_refused_unless_it_is_wanted_and_a_song_without_a_length_is_always_refused()
    {
        Assert.Contains("live feed", Refusal(new Song(Song.ToSong(1)) { Live = true }), StringComparison.Ordinal);
        Assert.Null(GrantCheck.Refusal(
            Order(0) with { AcceptsLive = true }, null, new Song(Song.ToSong(1)) { Live = true, Format = null }));
        Assert.Equal("song 1 is empty", Refusal(new Song(Song.ToSong(1)) { Format = null }));
        Assert.Equal("song 1 is empty", Refusal(new Song(Song.ToSong(1)) { Format = new AudioFormat() }));
    }

    [Fact]
    public void An_impossible_length_is_refused() =>
        Assert.Contains(
            "which exceeds the limit", Refusal(new Song { Format = new AudioFormat { PayloadBytes = (16UL << 30) + 1 } }),
            StringComparison.Ordinal);

    [Fact]
    public void A_song_whose_content_has_changed_is_refused() =>
        Assert.Equal("song 1 now has different content", GrantCheck.Refusal(Order(0), Song.ToSong(1), new TestSong(200_000, seed: 2).ToSong(1)));

    [Theory]
    [InlineData(200_000, null)]
    [InlineData(200_001, "song 1 ends before the requested position")]
    public void An_offset_past_the_end_is_refused(long offset, string? reason) =>
        Assert.Equal(reason, GrantCheck.Refusal(Order(offset), null, Song.ToSong(1)));

    [Theory]
    [InlineData(0, 0)]
    [InlineData(16_383, 0)]
    [InlineData(16_384, 16_384)]
    [InlineData(199_999, 196_608)]
    [InlineData(200_000, 200_000)]
    [InlineData(999_999, 200_000)]
    public void Whole_pieces_from_an_earlier_attempt_are_not_requested_again(long bytes, long kept) =>
        Assert.Equal(kept, GrantCheck.SkippableBytes(bytes, 200_000));

    private static string? Refusal(Song song) => GrantCheck.Refusal(Order(0), null, song);

    private static FetchOrder Order(long offset) =>
        new(1, offset, Pace.Full, new MemorySink(), new Requester(PeerId.NewRandom(), "ear", null), null, KnownHosts.None);
}
