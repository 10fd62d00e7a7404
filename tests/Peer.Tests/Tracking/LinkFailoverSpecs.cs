using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>
/// Checks how a peer leaves a tracker that is gone or refuses it: the peer tries the next tracker immediately, and every pending request is
/// still answered.
/// </summary>
public sealed class LinkFailoverSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    /// <summary>With these settings, a test times out if its link needs a second round.</summary>
    private static readonly LinkSettings NoSecondRound = Calm with { ReconnectMin = Never, ReconnectMax = Never };

    [Fact]
    public async Task An_unreachable_tracker_is_skipped_immediately()
    {
        OpenTrackers(1);
        using var closed = RawTspClient.Listen();
        var nobody = new TrackerAddress("127.0.0.1", closed.Address().Port);
        closed.Dispose();

        Start([nobody, nobody with { Host = "127.0.0.2" }, AddressOf(0)], NoSecondRound);

        using var tracker = await RegisterAsync(0);
        await StatusBecomesAsync(status => status.Connected && status.Tracker == AddressOf(0));
    }

    [Fact]
    public async Task A_tracker_that_hangs_is_skipped_if_there_are_others_but_the_last_one_may_be_slow()
    {
        Start(trackers: 2, NoSecondRound with { NextTrackerAfter = TimeSpan.FromMilliseconds(200) });
        using var hanging = await AcceptAsync(0);
        await hanging.Expect(Operation.Init);

        // The link gives up on the first tracker. It waits longer for the second one, because it is the last one.
        await hanging.ReceiveToEnd();
        using var slow = await AcceptAsync(1);
        await slow.Expect(Operation.Init);
        Assert.False((await StatusAsync()).Connected);
        await WelcomeAsync(slow);

        await StatusBecomesAsync(status => status.Connected && status.Tracker == AddressOf(1));
    }

    [Theory]
    [InlineData(ErrorCode.Busy)]
    [InlineData(ErrorCode.ShuttingDown)]
    [InlineData(ErrorCode.Internal)]
    public async Task A_tracker_that_refuses_the_peer_is_skipped_immediately(ErrorCode code)
    {
        Start(trackers: 2, NoSecondRound);
        using var refusing = await AcceptAsync(0);
        await refusing.Expect(Operation.Init);
        await refusing.Send(Errors.Frame(code, "not now", retryAfter: TimeSpan.FromHours(1)));

        using var tracker = await RegisterAsync(1);

        await StatusBecomesAsync(status => status.Connected);
        await refusing.ReceiveToEnd();
    }

    [Fact]
    public async Task A_tracker_that_shuts_down_is_left_immediately_and_its_open_requests_go_to_the_next()
    {
        Start(trackers: 2, NoSecondRound);
        var first = await RegisterAsync(0);
        await StatusBecomesAsync(status => status.Connected);
        var underWay = AskAsync(new DescribeSongs(3));
        await first.Expect(Operation.Info);
        Sys.EventStream.Subscribe(TestActor, typeof(LinkStatus));

        await first.Send(Errors.Frame(ErrorCode.ShuttingDown, "the tracker is shutting down", retryAfter: TimeSpan.FromSeconds(1)));

        using var second = await AcceptAsync(1);
        await second.Expect(Operation.Init);
        var meanwhile = AskAsync(new ListSongs("moon"));
        await StatusBecomesAsync(status => !status.Connected);
        await WelcomeAsync(second);
        Assert.Equal(3, (await second.Expect(Operation.Info)).SongId);
        Assert.Equal("moon", (await second.Expect<ListRequest>(Operation.List)).Query);
        await second.Send(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        await second.Send(Operation.List, 0, new SongPage { Total = 7 });
        Assert.IsType<SongInfoPage>(await underWay);
        Assert.Equal(7u, Assert.IsType<SongPage>(await meanwhile).Total);
        // No LinkStatus was published for the change of trackers.
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_connection_to_a_tracker_that_shuts_down_is_closed_only_after_the_next_one_knows_the_songs()
    {
        Start(trackers: 2, NoSecondRound);
        Link.Tell(Library((1, 7)));
        using var first = await RegisterAsync(0);
        await AskForSongsAsync(first);
        await first.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
        await ExpectMsgAsync<RememberIds>();
        await first.Send(Errors.Frame(ErrorCode.ShuttingDown, "the tracker is shutting down", retryAfter: TimeSpan.FromSeconds(1)));

        using var second = await RegisterAsync(1);
        Assert.Equal([7], (await AskForSongsAsync(second)).Added.Select(song => song.LastId));
        await first.Send(Operation.Ping, 5);
        await first.Expect(Operation.Pong);
        await second.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });

        await first.Expect(Operation.Quit);
        await first.ExpectEnd();
        await StatusBecomesAsync(status => status.Connected && status.Tracker == AddressOf(1));
    }

    [Fact]
    public async Task The_connection_to_a_tracker_that_shuts_down_is_never_used_again()
    {
        Start(trackers: 2, Calm);
        using var first = await RegisterAsync(0);
        await first.Send(Errors.Frame(ErrorCode.ShuttingDown, "the tracker is shutting down"));
        (await RegisterAsync(1)).Reset();

        using var back = await RegisterAsync(0);

        await StatusBecomesAsync(status => status.Connected && status.Tracker == AddressOf(0));
    }

    [Fact]
    public async Task Requests_are_answered_even_when_no_tracker_is_left()
    {
        Start(trackers: 2, NoSecondRound);
        var early = AskAsync(new ListSongs());
        (await AcceptAsync(0)).Dispose();
        (await AcceptAsync(1)).Dispose();

        Assert.Contains("no tracker at", Assert.IsType<TrackerUnavailable>(await early).Reason, StringComparison.Ordinal);
        Assert.False(Assert.IsType<LinkStatus>(await AskAsync(AwaitShare.Instance)).Connected);
    }

    [Fact]
    public async Task A_request_that_waits_too_long_for_a_tracker_is_answered_with_an_error()
    {
        Start(trackers: 2, NoSecondRound with { RequestTimeout = TimeSpan.FromSeconds(1) });
        using var silent = await AcceptAsync(0);

        Assert.IsType<TrackerUnavailable>(await AskAsync(new ListSongs()));
    }

    [Fact]
    public async Task A_tracker_named_by_another_tracker_is_tried()
    {
        OpenTrackers(2);
        Start([AddressOf(0)], NoSecondRound with { SpreadInterval = TimeSpan.Zero });
        Link.Tell(Library((1, 7)));
        var first = await RegisterAsync(0, alternatives: AddressOf(1));
        await AskForSongsAsync(first);
        first.Reset();

        using var second = await RegisterAsync(1, alternatives: AddressOf(0));

        Assert.Equal([7], (await AskForSongsAsync(second)).Added.Select(song => song.LastId));
    }

    [Fact]
    public async Task A_refused_access_key_is_reported_once_and_the_other_trackers_are_tried_again()
    {
        Start(trackers: 2, Calm);
        Sys.EventStream.Subscribe(TestActor, typeof(RefusalNotice));
        (await RegisterAsync(0)).Reset();
        for (var i = 0; i < 2; i++)
        {
            using var refusing = await AcceptAsync(1);
            await refusing.Expect(Operation.Init);
            await refusing.Send(Errors.Frame(ErrorCode.Unauthenticated, "the access key does not match this tracker's"));
            await refusing.ReceiveToEnd();
            // In the first round, the other tracker is still unavailable.
            if (i == 0)
                (await AcceptAsync(0)).Reset();
        }

        using var back = await RegisterAsync(0);

        await StatusBecomesAsync(status => status is { Connected: true, Final: false } && status.Tracker == AddressOf(0));
        Assert.Equal(new RefusalNotice(AddressOf(1), "the access key does not match this tracker's"), await ExpectMsgAsync<RefusalNotice>());
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_link_ends_when_every_tracker_refuses_the_access_key()
    {
        Start(trackers: 2, Calm);
        for (var i = 0; i < 2; i++)
        {
            using var refusing = await AcceptAsync(i);
            await refusing.Expect(Operation.Init);
            await refusing.Send(Errors.Frame(ErrorCode.Unauthenticated, $"wrong key at tracker {i}"));
            await refusing.ReceiveToEnd();
        }

        await StatusBecomesAsync(
            status => status is { Connected: false, Final: true, Detail: "wrong key at tracker 1" } && status.Tracker == AddressOf(1));
        Assert.Contains(
            "wrong key at tracker 1", Assert.IsType<TrackerUnavailable>(await AskAsync(new ListSongs())).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_peer_that_is_REPLACED_without_having_moved_waits_even_if_there_are_other_trackers()
    {
        Start(trackers: 2, NoSecondRound);
        using var tracker = await RegisterAsync(0, alternatives: AddressOf(1));

        await tracker.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));

        await StatusBecomesAsync(
            status => status is { Connected: false, Final: false } && status.Detail.Contains("running twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task REPLACED_soon_after_leaving_another_tracker_is_excused_only_once()
    {
        Start(trackers: 2, Calm);
        (await RegisterAsync(0)).Reset();
        using var second = await RegisterAsync(1);
        await second.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));
        await second.ReceiveToEnd();

        using var back = await RegisterAsync(0);
        await StatusBecomesAsync(status => status is { Connected: true, Final: false });
        await back.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));

        await StatusBecomesAsync(
            status => !status.Connected && !status.Final && status.Detail.Contains("running twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_tracker_that_temporarily_accepts_no_songs_is_offered_them_again()
    {
        Start(trackers: 1, NoSecondRound);
        Link.Tell(Library((1, 0), (2, 22)));
        using var tracker = await RegisterAsync();
        await AskForSongsAsync(tracker);
        var shared = AskAsync(AwaitShare.Instance);
        await tracker.Send(
            Errors.Frame(ErrorCode.Busy, "this tracker is cut off from its cluster", retryAfter: TimeSpan.FromMilliseconds(1)));

        Assert.True(await shared is LinkStatus { Connected: true, SongsRefused: 2 });
        var again = await tracker.Expect<Share>(Operation.Share);
        Assert.True(again is { Complete: true, Last: true, Added.Count: 2 });
        await tracker.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7), Assigned(2, 22) } });
        await ExpectMsgAsync<RememberIds>();
        await StatusBecomesAsync(status => status is { Connected: true, SongsRefused: 0 });
    }

    [Fact]
    public async Task A_refused_report_of_the_load_is_not_taken_for_the_reply_to_a_request()
    {
        Start(trackers: 1, NoSecondRound);
        Link.Tell(Library((1, 7)));
        using var tracker = await RegisterAsync();
        await AskForSongsAsync(tracker);
        await tracker.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
        await StatusBecomesAsync(status => status is { Connected: true, SongsRefused: 0 });
        Sys.EventStream.Publish(new ReportLoad(1, 9));
        Assert.Empty((await tracker.Expect<Share>(Operation.Share)).Added);
        var list = AskAsync(new ListSongs());
        await tracker.Expect(Operation.List);

        await tracker.Send(Errors.Frame(ErrorCode.Busy, "cut off", retryAfter: TimeSpan.FromMilliseconds(1)));
        await tracker.Send(Operation.List, 0, new SongPage { Total = 1 });

        Assert.Equal(1u, Assert.IsType<SongPage>(await list).Total);
        Assert.True(await tracker.Expect<Share>(Operation.Share) is { Complete: true, Added.Count: 1 });
    }

    [Fact]
    public async Task The_peer_moves_from_a_tracker_that_accepts_no_songs_to_another_one()
    {
        Start(trackers: 2, NoSecondRound);
        Link.Tell(Library((1, 7)));
        using var first = await RegisterAsync(0);
        await AskForSongsAsync(first);
        await first.Send(Errors.Frame(ErrorCode.Busy, "this tracker is cut off from its cluster", retryAfter: TimeSpan.FromHours(1)));

        using var second = await RegisterAsync(1);
        Assert.Equal([7], (await AskForSongsAsync(second)).Added.Select(song => song.LastId));
        await second.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });

        await first.Expect(Operation.Quit);
        await StatusBecomesAsync(status => status is { Connected: true, SongsRefused: 0 } && status.Tracker == AddressOf(1));
    }

    [Fact]
    public async Task Refused_songs_are_offered_again()
    {
        Start(
            settings: NoSecondRound with { OfferAgainMin = TimeSpan.FromMilliseconds(10), OfferAgainMax = TimeSpan.FromMilliseconds(10) });
        Link.Tell(Library((1, 0), (2, 22)));
        using var tracker = await RegisterAsync();
        await AskForSongsAsync(tracker);
        await tracker.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 0), Assigned(2, 22) } });

        var again = await tracker.Expect<Share>(Operation.Share);

        Assert.True(again is { Complete: false, Last: true });
        Assert.Equal([new TestHash(1).Value], again.Added.Select(song => new ContentHash(song.ContentHash.Span)));
        await tracker.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
        await StatusBecomesAsync(status => status.SongsRefused == 0);
    }
}
