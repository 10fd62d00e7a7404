using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when the catalog is listed for its followers, and how a postponed or abandoned listing continues.</summary>
public sealed class FollowedCatalogSpecs
{
    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly FollowersOfTests _followers = new();
    private readonly FollowedCatalog _catalog;
    private ListSongs? _asked;

    public FollowedCatalogSpecs() => _catalog = new FollowedCatalog(_followers, _time, new Random(1));

    [Fact]
    public void Listings_that_are_soon_outdated_are_repeated_less_and_less_often()
    {
        List();
        Assert.InRange(Gap(), Ms(250), Ms(750));
        for (var i = 0; i < 8; i++)
        {
            ListAgain();
            _time.Pass(TimeSpan.FromSeconds(59));
            Gap();
        }

        ListAgain();
        Assert.InRange(Gap(), Ms(15_000), Ms(45_000));
    }

    [Fact]
    public void After_a_listing_that_stayed_valid_the_next_one_starts_soon()
    {
        List();
        for (var i = 0; i < 8; i++)
        {
            Gap();
            ListAgain();
        }

        _time.Pass(TimeSpan.FromSeconds(60));

        Assert.InRange(Gap(), Ms(250), Ms(750));
    }

    [Theory]
    [InlineData(1u, 100)]
    [InlineData(2_000u, 2_000)]
    [InlineData(uint.MaxValue, 30_000)]
    public void A_refused_page_is_requested_again_after_a_bounded_wait(uint told, int shortest)
    {
        AsksFrom(0, _catalog.Start());
        AsksFrom(7, Reply(new SongPage { NextCursor = 7 }));

        Assert.InRange(Reply(Refused(told)).Pause!.Value, Ms(shortest), Ms(shortest * 1.5));

        Assert.True(_catalog.IsListing);
        AsksFrom(7, _catalog.Continue());
    }

    [Fact]
    public void A_refusal_without_a_retry_time_restarts_the_listing()
    {
        AsksFrom(0, _catalog.Start());
        AsksFrom(7, Reply(new SongPage { NextCursor = 7 }));

        Assert.InRange(Reply(Refused(0)).Pause!.Value, Ms(250), Ms(750));

        Assert.False(_catalog.IsListing);
        AsksFrom(0, _catalog.Continue());
    }

    [Fact]
    public void A_request_that_exceeded_the_request_limit_restarts_the_listing()
    {
        AsksFrom(0, _catalog.Start());

        Assert.NotNull(Reply(new TrackerUnavailable("too many")).Pause);

        AsksFrom(0, _catalog.Continue());
    }

    [Fact]
    public void No_second_listing_starts_while_one_is_running()
    {
        AsksFrom(0, _catalog.Start());

        Assert.Equal(CatalogStep.None, _catalog.Start());
    }

    [Fact]
    public void Without_followers_nothing_is_listed_or_kept()
    {
        _followers.Any = false;

        Assert.Equal(CatalogStep.None, _catalog.Start());
        Assert.Equal(CatalogStep.None, _catalog.Apply(Missed()));
        Assert.Equal(CatalogStep.None, _catalog.Continue());
        Assert.False(_catalog.IsListing);
    }

    [Fact]
    public void The_next_page_is_requested_only_when_the_followers_have_applied_the_last_ones()
    {
        AsksFrom(0, _catalog.Start());
        _followers.AreReady = false;
        Assert.Equal(CatalogStep.None, Reply(new SongPage { NextCursor = 7 }));
        Assert.Equal(CatalogStep.None, _catalog.Applied());
        Assert.True(_catalog.IsListing);

        _followers.AreReady = true;

        AsksFrom(7, _catalog.Applied());
        // The request is under way.
        Assert.Equal(CatalogStep.None, _catalog.Applied());
    }

    [Fact]
    public void Broadcasts_wait_until_the_followers_have_applied_the_last_ones()
    {
        List();
        _followers.AreReady = false;
        Assert.Equal(CatalogStep.None, _catalog.Apply(new CatalogDelta { FromVersion = 1, ToVersion = 2, Changed = { SongOf(1) } }));
        Assert.Empty(_followers.Songs);

        _followers.AreReady = true;
        Assert.Equal(CatalogStep.None, _catalog.Applied());

        Assert.Single(_followers.Songs);
    }

    [Fact]
    public void Several_gaps_lead_to_one_listing()
    {
        List();
        Gap();

        Assert.Equal(CatalogStep.None, _catalog.Apply(Missed()));
    }

    [Fact]
    public void Pages_that_loop_and_replies_other_than_pages_are_faults()
    {
        AsksFrom(0, _catalog.Start());
        AsksFrom(7, Reply(new SongPage { NextCursor = 7 }));

        Assert.Contains("never ends", Reply(new SongPage { NextCursor = 7 }).Fault, StringComparison.Ordinal);
        Assert.Contains("with a page", Reply(new PlayGrant()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_reply_to_a_request_of_an_abandoned_listing_is_ignored()
    {
        AsksFrom(0, _catalog.Start());
        var former = _asked!;
        _catalog.Abandon();
        AsksFrom(0, _catalog.Start());

        Assert.Equal(CatalogStep.None, _catalog.Apply(former, new SongPage { Songs = { SongOf(1) }, CatalogVersion = 1 }));

        Assert.True(_catalog.IsListing);
        Assert.Empty(_followers.Songs);
        Reply(new SongPage { Songs = { SongOf(2) }, CatalogVersion = 1 });
        Assert.Equal([2], _followers.Songs.Keys);
    }

    [Fact]
    public void The_followers_keep_their_songs_until_a_listing_has_ended_however_often_it_is_abandoned()
    {
        AsksFrom(0, _catalog.Start());
        Reply(new SongPage { Songs = { SongOf(1), SongOf(2) }, CatalogVersion = 1 });
        _catalog.Abandon();

        AsksFrom(0, _catalog.Start());
        AsksFrom(3, Reply(new SongPage { Songs = { SongOf(3) }, NextCursor = 3, CatalogVersion = 1 }));
        _catalog.Abandon();
        Assert.Equal([1, 2, 3], _followers.Songs.Keys);

        AsksFrom(0, _catalog.Start());
        AsksFrom(2, Reply(new SongPage { Songs = { SongOf(2) }, NextCursor = 2, CatalogVersion = 1 }));
        Assert.Equal([1, 2, 3], _followers.Songs.Keys);
        Reply(new SongPage { Songs = { SongOf(4) }, CatalogVersion = 1 });
        Assert.Equal([2, 4], _followers.Songs.Keys);
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static TrackerRefused Refused(uint retryAfterMs) =>
        new(new Error { Code = ErrorCode.RateLimited, RetryAfterMs = retryAfterMs });

    private static CatalogDelta Missed() => new() { FromVersion = 7, ToVersion = 8 };

    private static Song SongOf(int id) => new() { Id = id };

    private void AsksFrom(int cursor, CatalogStep step)
    {
        Assert.Equal(new CatalogStep(new ListSongs(Cursor: cursor)), step);
        _asked = step.Request;
    }

    private CatalogStep Reply(object reply) => _catalog.Apply(_asked!, reply);

    private TimeSpan Gap() => _catalog.Apply(Missed()).Pause!.Value;

    private void List()
    {
        AsksFrom(0, _catalog.Start());
        EndListing();
    }

    private void ListAgain()
    {
        AsksFrom(0, _catalog.Continue());
        EndListing();
    }

    private void EndListing() => Assert.Equal(CatalogStep.None, Reply(new SongPage { CatalogVersion = 1 }));
}
