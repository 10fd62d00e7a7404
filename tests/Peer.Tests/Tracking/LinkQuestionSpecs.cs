using Akka.Actor;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks requests to the tracker, and the songs that are remembered from its replies.</summary>
public sealed class LinkQuestionSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    [Fact]
    public async Task Each_reply_is_delivered_to_the_sender_of_its_request()
    {
        Start();
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        var list = AskAsync(new ListSongs("moon", 5, 20));
        var describe = AskAsync(new DescribeSongs(3));
        var describeAll = AskAsync(new DescribeSongs(4, 50));
        var find = AskAsync(new FindHosts(8));
        var unknown = AskAsync(new FindHosts(9));

        var frame = await tracker.Expect(Operation.List);
        Assert.Equal(5, frame.SongId);
        Assert.Equal(new ListRequest { Query = "moon", Limit = 20 }, RawTspClient.Parse<ListRequest>(frame));
        Assert.True(await tracker.Expect(Operation.Info) is { SongId: 3, HasBody: false });
        frame = await tracker.Expect(Operation.Info);
        Assert.Equal((4, new InfoRequest { Limit = 50 }), (frame.SongId, RawTspClient.Parse<InfoRequest>(frame)));
        Assert.Equal(8, (await tracker.Expect(Operation.Play)).SongId);
        Assert.Equal(9, (await tracker.Expect(Operation.Play)).SongId);
        await tracker.Send(Operation.List, 0, new SongPage { Total = 1 });
        await tracker.Send(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 1, ToVersion = 2 });
        await tracker.Send(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        await tracker.Send(Operation.Ping, 1);
        await tracker.Send(Operation.Info, 4, new SongInfoPage { Songs = { SongOf(4) } });
        await tracker.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        await tracker.Send(Errors.Frame(ErrorCode.UnknownSong, "there is no song 9", 9));

        Assert.Equal(1u, Assert.IsType<SongPage>(await list).Total);
        Assert.Equal(3, Assert.Single(Assert.IsType<SongInfoPage>(await describe).Songs).Id);
        Assert.Equal(4, Assert.Single(Assert.IsType<SongInfoPage>(await describeAll).Songs).Id);
        Assert.Equal(8, Assert.IsType<PlayGrant>(await find).Song.Id);
        Assert.Equal(ErrorCode.UnknownSong, Assert.IsType<TrackerRefused>(await unknown).Error.Code);
    }

    [Fact]
    public async Task Requests_made_before_the_tracker_is_connected_are_sent_once_it_is()
    {
        Start();
        var find = AskAsync(new FindHosts(8));
        using var tracker = await RegisterAsync();

        Assert.Equal(8, (await tracker.Expect(Operation.Play)).SongId);
        await tracker.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });

        Assert.Equal(8, Assert.IsType<PlayGrant>(await find).Song.Id);
    }

    [Fact]
    public async Task Without_a_tracker_a_request_is_answered_with_the_reason()
    {
        Start(settings: Calm with { ReconnectMin = Never, ReconnectMax = Never });
        var early = AskAsync(new ListSongs());
        (await AcceptAsync()).Dispose();

        Assert.Contains($"no tracker at {AddressOf(0)}", Assert.IsType<TrackerUnavailable>(await early).Reason, StringComparison.Ordinal);
        foreach (var question in new object[] { new ListSongs(), new DescribeSongs(1), new FindHosts(1) })
            Assert.Contains(
                $"no tracker at {AddressOf(0)}", Assert.IsType<TrackerUnavailable>(await AskAsync(question)).Reason,
                StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_requests_are_answered_when_the_tracker_is_lost()
    {
        Start();
        var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        var find = AskAsync(new FindHosts(8));
        await tracker.Expect(Operation.Play);

        tracker.Reset();

        Assert.IsType<TrackerUnavailable>(await find);
    }

    [Fact]
    public async Task The_number_of_waiting_requests_is_limited()
    {
        Start(settings: Calm with { MaxPendingRequests = 2 });
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        _ = AskAsync(new FindHosts(1));
        _ = AskAsync(new FindHosts(2));

        Assert.Contains("too many", Assert.IsType<TrackerUnavailable>(await AskAsync(new FindHosts(3))).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tracker_that_leaves_a_request_unanswered_is_dropped()
    {
        Start(trackers: 2, Calm with { RequestTimeout = TimeSpan.FromSeconds(1) });
        using var deaf = await RegisterAsync(0);
        var find = AskAsync(new FindHosts(8));

        Assert.IsType<TrackerUnavailable>(await find);

        using var next = await AcceptAsync(1);
    }

    [Fact]
    public async Task A_tracker_that_sends_a_reply_without_a_request_is_dropped()
    {
        Start(trackers: 2);
        using var odd = await RegisterAsync(0);
        await odd.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });

        using var next = await AcceptAsync(1);

        Assert.Contains("not asked", (await StatusAsync()).Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_ERROR_without_a_request_is_ignored()
    {
        Start();
        using var tracker = await RegisterAsync();
        await tracker.Send(Errors.Frame(ErrorCode.RateLimited, "too many requests"));
        await tracker.Send(Operation.Ping, 3);

        await tracker.Expect(Operation.Pong);
        Assert.True((await StatusAsync()).Connected);
    }

    [Fact]
    public async Task Songs_that_replies_have_named_are_kept_up_to_date_and_played_while_the_tracker_is_away()
    {
        Start(settings: Calm with { ReconnectMin = Never, ReconnectMax = Never }, wantsBroadcasts: true);
        var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        var list = AskAsync(new ListSongs("moon"));
        await tracker.Expect(Operation.List);
        await tracker.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1), SongOf(2) }, Total = 2 });
        var describe = AskAsync(new DescribeSongs(3));
        await tracker.Expect(Operation.Info);
        await tracker.Send(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        var find = AskAsync(new FindHosts(4));
        await tracker.Expect(Operation.Play);
        await tracker.Send(Operation.Play, 4, new PlayGrant { Song = SongOf(4) });
        await Task.WhenAll(list, describe, find);
        await tracker.Send(
            Operation.BroadcastList, 0,
            new CatalogDelta { FromVersion = 5, ToVersion = 6, Changed = { SongOf(2, "new"), SongOf(5) }, Removed = { 1 } });
        var waiting = AskAsync(new FindHosts(3));
        await tracker.Expect(Operation.Play);

        tracker.Reset();
        await StatusBecomesAsync(status => !status.Connected);

        Assert.Equal(3, Assert.IsType<PlayGrant>(await waiting).Song.Id);
        Assert.Equal("new", Assert.IsType<PlayGrant>(await AskAsync(new FindHosts(2))).Song.Tags.Title);
        Assert.IsType<PlayGrant>(await AskAsync(new FindHosts(4)));
        Assert.IsType<TrackerUnavailable>(await AskAsync(new FindHosts(1)));
        Assert.IsType<TrackerUnavailable>(await AskAsync(new FindHosts(5)));
        Assert.Equal("new", Assert.Single(Assert.IsType<SongInfoPage>(await AskAsync(new DescribeSongs(2))).Songs).Tags.Title);
        Assert.IsType<TrackerUnavailable>(await AskAsync(new DescribeSongs(5)));
        Assert.IsType<TrackerUnavailable>(await AskAsync(new DescribeSongs(2, 10)));
        Assert.Equal(["new", "t"], ((Titles)await AskAsync(new FindKnownTitles("", 10))).Fitting);
    }

    [Fact]
    public async Task A_page_of_the_whole_catalog_says_how_many_songs_it_has()
    {
        Start(wantsBroadcasts: true);
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        Assert.Null((await StatusAsync()).SongsInCatalog);

        foreach (var (query, total) in new[] { ("", 8u), ("moon", 3u) })
        {
            var list = AskAsync(new ListSongs(query));
            await tracker.Expect(Operation.List);
            await tracker.Send(Operation.List, 0, new SongPage { Total = total });
            await list;
            Assert.Equal(8, (await StatusAsync()).SongsInCatalog);
        }
    }

    [Fact]
    public async Task A_console_lists_nothing_by_itself()
    {
        Start(wantsBroadcasts: true);
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        await tracker.Send(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 7, ToVersion = 8, Removed = { 1 } });
        await tracker.Send(Operation.Ping, 5);

        // A LIST would have been sent before the PONG.
        await tracker.Expect(Operation.Pong);
    }
}
