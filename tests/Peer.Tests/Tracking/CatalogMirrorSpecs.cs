using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks when the catalog is listed again, and how a postponed listing continues.</summary>
public sealed class CatalogMirrorSpecs
{
    private readonly ManualClock _time = new(DateTimeOffset.UnixEpoch);
    private readonly CatalogMirror _mirror;

    public CatalogMirrorSpecs() => _mirror = new CatalogMirror(isWanted: true, _time, new Random(1));

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
        _mirror.Start();
        _mirror.Apply(new SongPage { NextCursor = 7 });

        Assert.InRange(_mirror.Apply(Refused(told)).Pause!.Value, Ms(shortest), Ms(shortest * 1.5));

        Assert.True(_mirror.IsListing);
        Assert.Equal(MirrorStep.Ask(new ListSongs(Cursor: 7)), _mirror.Continue());
    }

    [Fact]
    public void A_refusal_without_a_retry_time_restarts_the_listing()
    {
        _mirror.Start();
        _mirror.Apply(new SongPage { NextCursor = 7 });

        Assert.InRange(_mirror.Apply(Refused(0)).Pause!.Value, Ms(250), Ms(750));

        Assert.False(_mirror.IsListing);
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Continue());
    }

    [Fact]
    public void A_request_that_exceeded_the_request_limit_restarts_the_listing()
    {
        _mirror.Start();

        Assert.NotNull(_mirror.Apply(new TrackerUnavailable("too many")).Pause);

        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Continue());
    }

    [Fact]
    public void No_second_listing_starts_while_one_is_running()
    {
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Start());

        Assert.Equal(MirrorStep.None, _mirror.Start());
    }

    [Fact]
    public void A_peer_that_does_not_want_a_mirror_lists_nothing() =>
        Assert.Equal(MirrorStep.None, new CatalogMirror(isWanted: false, _time, new Random(1)).Start());

    [Fact]
    public void Several_gaps_lead_to_one_listing()
    {
        List();
        Gap();

        Assert.Equal(MirrorStep.Changed, _mirror.Apply(Missed()));
    }

    [Fact]
    public void Pages_that_loop_and_replies_other_than_pages_are_faults()
    {
        _mirror.Start();
        _mirror.Apply(new SongPage { NextCursor = 7 });

        Assert.Contains("never ends", _mirror.Apply(new SongPage { NextCursor = 7 }).Fault, StringComparison.Ordinal);
        Assert.Contains("with a page", _mirror.Apply(new PlayGrant()).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public void The_songs_are_kept_when_a_listing_is_abandoned()
    {
        _mirror.Start();
        _mirror.Apply(new SongPage { CatalogVersion = 1, Songs = { new Song { Id = 3, Tags = new SongTags { Title = "three" } } } });
        _mirror.Continue();

        _mirror.Abandon();

        Assert.Equal(1, _mirror.Count);
        Assert.Equal(["three"], _mirror.FindTitles("", 10));
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Start());
    }

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static TrackerRefused Refused(uint retryAfterMs) =>
        new(new Error { Code = ErrorCode.RateLimited, RetryAfterMs = retryAfterMs });

    private static CatalogDelta Missed() => new() { FromVersion = 7, ToVersion = 8 };

    private TimeSpan Gap() => _mirror.Apply(Missed()).Pause!.Value;

    private void List()
    {
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Start());
        EndListing();
    }

    private void ListAgain()
    {
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Continue());
        EndListing();
    }

    private void EndListing() => Assert.Equal(MirrorStep.Changed, _mirror.Apply(new SongPage { CatalogVersion = 1 }));
}
