using TspActors.Peer.Live;
using TspActors.Peer.Live.Feeds;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Tests.Live;

/// <summary>Checks when a feed whose source sends nothing ends.</summary>
public sealed class SourceAbsenceSpecs
{
    private static readonly TimeSpan Gone = TimeSpan.FromSeconds(1_000);
    private readonly SourceAbsence _absence =
        new(FeedTimes.Of(new FeedSettings("Radio", new FeedSource.StandardInput()), new LiveSettings()));

    public SourceAbsenceSpecs() => _absence.Begin(Gone);

    [Theory]
    [InlineData(1, false)]
    [InlineData(29, false)]
    [InlineData(31, true)]
    public void A_source_may_be_away_for_30_s(double seconds, bool isTooLong) =>
        Assert.Equal(isTooLong, _absence.IsTooLong(After(seconds)));

    [Fact]
    public void A_source_that_has_connected_in_time_may_take_two_seconds_for_its_first_frame()
    {
        _absence.Connected(After(29.5));

        Assert.False(_absence.IsTooLong(After(31)));
        Assert.True(_absence.IsTooLong(After(31.6)));
    }

    [Fact]
    public void Sources_that_connect_again_and_again_without_a_frame_get_no_more_time()
    {
        for (var second = 1; second <= 31; second++)
            _absence.Connected(After(second));

        Assert.True(_absence.IsTooLong(After(31)));
    }

    [Fact]
    public void Each_absence_is_counted_separately()
    {
        _absence.Connected(After(29.5));

        _absence.Begin(After(40));

        Assert.False(_absence.IsTooLong(After(69)));
        Assert.True(_absence.IsTooLong(After(71)));
    }

    private static TimeSpan After(double seconds) => Gone + TimeSpan.FromSeconds(seconds);
}
