using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that the actors that follow the catalog receive all of it, page by page.</summary>
public sealed class LinkFollowerSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    [Fact]
    public async Task A_follower_receives_the_catalog_page_by_page_and_then_every_change()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        using var tracker = await RegisterAsync();
        Assert.Equal(0, (await tracker.Expect(Operation.List)).SongId);
        await tracker.Send(
            Operation.List, 0, new SongPage { Songs = { SongOf(1), SongOf(2) }, NextCursor = 2, CatalogVersion = 5, Total = 3 });
        Assert.Equal(2, (await tracker.Expect(Operation.List)).SongId);
        await tracker.Send(
            Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 5, ToVersion = 6, Changed = { SongOf(4) }, Removed = { 1 } });
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(3) }, CatalogVersion = 5, Total = 3 });

        Assert.Equivalent(((int[])[1, 2], true, false), await PartAsync(follower));
        Assert.Equivalent(((int[])[3], false, true), await PartAsync(follower));
        var change = await follower.ExpectMsgAsync<CatalogChanged>();
        Assert.Equal((4, 1), (change.Changed.Single().Id, change.Removed.Single()));
        await StatusBecomesAsync(status => status.SongsInCatalog == 3);
    }

    [Fact]
    public async Task The_next_page_is_requested_when_the_follower_has_applied_an_earlier_one()
    {
        Start(wantsBroadcasts: true);
        Link.Tell(new FollowCatalog(TestActor));
        using var tracker = await RegisterAsync();
        for (var page = 1; page <= 2; page++)
        {
            await tracker.Expect(Operation.List);
            await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(page) }, NextCursor = page, CatalogVersion = 5 });
            await ExpectMsgAsync<CatalogListed>(TimeSpan.FromSeconds(30));
        }

        await tracker.Send(Operation.Ping, 5);
        // No further LIST.
        await tracker.Expect(Operation.Pong);

        Link.Tell(CatalogApplied.Instance, TestActor);
        Assert.Equal(2, (await tracker.Expect(Operation.List)).SongId);
    }

    [Fact]
    public async Task A_follower_that_joins_later_or_restarts_receives_the_catalog_from_its_first_page()
    {
        Start(wantsBroadcasts: true);
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        var early = Follow();
        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 5 });
        Assert.Equal(1, (await tracker.Expect(Operation.List)).SongId);

        var late = Follow();
        Assert.Equal(0, (await tracker.Expect(Operation.List)).SongId);
        // The reply to a request of the previous listing.
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(2) }, CatalogVersion = 5 });
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(3) }, CatalogVersion = 5 });

        Assert.Equivalent(((int[])[1], true, false), await PartAsync(early));
        Assert.Equivalent(((int[])[3], true, true), await PartAsync(early));
        Assert.Equivalent(((int[])[3], true, true), await PartAsync(late));
        Link.Tell(new FollowCatalog(late.Ref));
        Assert.Equal(0, (await tracker.Expect(Operation.List)).SongId);
    }

    [Fact]
    public async Task When_the_last_follower_is_gone_the_listing_ends()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.List);
        Sys.Stop(follower.Ref);
        await WatchAsync(follower.Ref);
        await ExpectTerminatedAsync(follower.Ref);
        // The link learns that the follower is gone before it answers this request.
        await StatusAsync();
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 5 });
        await tracker.Send(Operation.Ping, 6);

        await tracker.Expect(Operation.Pong);
    }

    [Fact]
    public async Task A_gap_in_the_broadcasts_is_repaired_by_listing_again()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, CatalogVersion = 5 });
        await tracker.Send(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 7, ToVersion = 8, Removed = { 1 } });

        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(2), SongOf(3) }, CatalogVersion = 8 });

        Assert.Equivalent(((int[])[1], true, true), await PartAsync(follower));
        Assert.Equivalent(((int[])[2, 3], true, true), await PartAsync(follower));
    }

    [Fact]
    public async Task If_the_tracker_is_lost_during_a_listing_the_next_listing_starts_from_the_beginning()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        var first = await RegisterAsync();
        await first.Expect(Operation.List);
        await first.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 5 });
        await first.Expect(Operation.List);
        first.Reset();

        using var second = await RegisterAsync();

        Assert.Equal(0, (await second.Expect(Operation.List)).SongId);
        await second.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1), SongOf(2) }, CatalogVersion = 2 });
        Assert.Equivalent(((int[])[1], true, false), await PartAsync(follower));
        Assert.Equivalent(((int[])[1, 2], true, true), await PartAsync(follower));
    }

    [Fact]
    public async Task A_listing_that_exceeded_the_request_limit_is_retried_later()
    {
        Start(settings: Calm with { MaxPendingRequests = 1 }, wantsBroadcasts: true);
        var follower = Follow();
        var question = AskAsync(new FindHosts(8));
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.Play);
        await tracker.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        await question;

        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, CatalogVersion = 2 });

        Assert.Equivalent(((int[])[1], true, true), await PartAsync(follower));
    }

    [Fact]
    public async Task A_refused_listing_is_retried_and_the_peer_stays_registered()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.List);
        await tracker.Send(Errors.Frame(ErrorCode.RateLimited, "too many requests"));

        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, CatalogVersion = 2 });

        Assert.Equivalent(((int[])[1], true, true), await PartAsync(follower));
        Assert.True((await StatusAsync()).Connected);
    }

    [Fact]
    public async Task A_postponed_page_is_requested_again_and_the_listing_continues()
    {
        Start(wantsBroadcasts: true);
        var follower = Follow();
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 2 });
        Assert.Equal(1, (await tracker.Expect(Operation.List)).SongId);
        await tracker.Send(Errors.Frame(ErrorCode.RateLimited, "too many requests", 1, retryAfter: TimeSpan.FromMilliseconds(1)));

        Assert.Equal(1, (await tracker.Expect(Operation.List)).SongId);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(2) }, CatalogVersion = 2 });

        Assert.Equivalent(((int[])[1], true, false), await PartAsync(follower));
        Assert.Equivalent(((int[])[2], false, true), await PartAsync(follower));
    }

    [Fact]
    public async Task A_tracker_that_sends_the_same_page_twice_is_dropped()
    {
        Start(trackers: 2, wantsBroadcasts: true);
        Follow();
        using var tracker = await RegisterAsync(0);
        for (var i = 0; i < 2; i++)
        {
            await tracker.Expect(Operation.List);
            await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 2 });
        }

        using var next = await AcceptAsync(1);
    }

    [Fact]
    public async Task Songs_of_a_small_catalog_are_known_while_the_tracker_is_away()
    {
        Start(settings: Calm with { ReconnectMin = Never, ReconnectMax = Never, KnownSongs = 2 }, wantsBroadcasts: true);
        var follower = Follow();
        var tracker = await RegisterAsync();
        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1), SongOf(2), SongOf(3) }, CatalogVersion = 2 });
        await PartAsync(follower);

        tracker.Reset();
        await StatusBecomesAsync(status => !status.Connected);

        Assert.IsType<PlayGrant>(await AskAsync(new FindHosts(2)));
        Assert.IsType<TrackerUnavailable>(await AskAsync(new FindHosts(3)));
    }
}
