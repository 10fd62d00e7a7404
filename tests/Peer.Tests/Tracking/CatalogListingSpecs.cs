using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>When a catalog is listed again, and how a listing that is put off goes on.</summary>
public sealed class CatalogListingSpecs
{
    private readonly ManualTime _time = new(DateTimeOffset.UnixEpoch);
    private readonly CatalogCopy _catalog = new();
    private readonly CatalogListing _listing;

    public CatalogListingSpecs() => _listing = new CatalogListing(_catalog, _time, new Random(1));

    [Fact]
    public void listings_that_do_not_hold_come_less_and_less_often()
    {
        Assert.InRange(_listing.WaitAgain(), Ms(250), Ms(750));
        for (var i = 0; i < 8; i++)
        {
            List();
            _time.Now += TimeSpan.FromSeconds(59);
            _listing.WaitAgain();
        }

        Assert.InRange(_listing.WaitAgain(), Ms(15_000), Ms(45_000));
    }

    [Fact]
    public void after_one_that_held_the_next_one_comes_soon()
    {
        for (var i = 0; i < 8; i++)
            _listing.WaitAgain();
        List();
        _time.Now += TimeSpan.FromSeconds(60);

        Assert.InRange(_listing.WaitAgain(), Ms(250), Ms(750));
    }

    [Theory]
    [InlineData(1u, 100)]
    [InlineData(2_000u, 2_000)]
    [InlineData(uint.MaxValue, 30_000)]
    public void the_same_page_is_asked_for_when_the_tracker_says_within_reason(uint told, int shortest)
    {
        _listing.Begin();
        _listing.Take(new SongPage { NextCursor = 7 });

        Assert.Equal(CatalogListing.Step.Pause, _listing.Take(Refused(told)));

        Assert.InRange(_listing.Pause, Ms(shortest), Ms(shortest * 1.5));
        Assert.Equal(new ListSongs(Cursor: 7), _listing.Question);
        Assert.True(_catalog.IsListing);
    }

    [Fact]
    public void a_refusal_that_names_no_time_begins_anew()
    {
        _listing.Begin();

        Assert.Equal(CatalogListing.Step.Later, _listing.Take(Refused(0)));
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static TrackerRefused Refused(uint retryAfterMs) => new(new Error { Code = ErrorCode.RateLimited, RetryAfterMs = retryAfterMs });

    private void List()
    {
        Assert.True(_listing.Begin());
        Assert.Equal(CatalogListing.Step.Done, _listing.Take(new SongPage { CatalogVersion = 1 }));
    }
}
