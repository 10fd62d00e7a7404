using Akka.Actor;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>
/// Checks how a peer moves to its preferred tracker of a cluster: it registers at the new tracker before it leaves the old one.
/// </summary>
public sealed class LinkMoveSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    private static readonly LinkSettings Eager = Calm with
    {
        ReconnectMin = Never,
        ReconnectMax = Never,
        SpreadInterval = TimeSpan.FromMilliseconds(20),
        SpreadIntervalMax = Never,
    };

    private RawTspClient _old = null!;
    private int _preferred;

    private TrackerAddress Preferred => AddressOf(_preferred);

    private TrackerAddress Other => AddressOf(1 - _preferred);

    [Fact]
    public async Task The_peer_registers_and_shares_at_the_preferred_tracker_before_it_leaves_the_other()
    {
        await ConnectToTheOtherAsync();
        Sys.EventStream.Subscribe(TestActor, typeof(LinkStatus));
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        Assert.True(await AskForSongsAsync(preferred) is { Complete: true, Added: [{ LastId: 7 }] });
        Assert.Equal(Preferred, (await StatusAsync()).Tracker);
        // The peer does not leave the old tracker until the new one knows its songs.
        await _old.Send(Operation.Ping, 5);
        await _old.Expect(Operation.Pong);

        await preferred.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });

        await _old.Expect(Operation.Quit);
        await _old.ExpectEnd();
        await ExpectMsgAsync<RememberIds>();
        // No LinkStatus was published for the move.
        await ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.True((await StatusAsync()).Connected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task REPLACED_caused_by_the_peers_own_move_is_not_an_error(bool beforeTheWelcome)
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.Expect(Operation.Init);
        if (beforeTheWelcome)
            await ReplaceAsync();
        await WelcomeAsync(preferred, alternatives: Other);
        if (!beforeTheWelcome)
            await ReplaceAsync();

        Assert.True(await AskForSongsAsync(preferred) is { Complete: true, Added.Count: 1 });
        await StatusBecomesAsync(status => status is { Connected: true, Final: false } && status.Tracker == Preferred);
    }

    [Fact]
    public async Task A_port_that_changes_during_the_move_is_reported_to_the_new_tracker()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.Expect(Operation.Init);

        Link.Tell(new ReachableAt(9000));
        // The link has the new port when it replies.
        await StatusAsync();
        await preferred.Send(Operation.Init, 0, new Init
        {
            Welcome = new Welcome
            {
                TrackerName = "preferred",
                HeartbeatIntervalMs = 600_000,
                CatalogVersion = 1,
                Features = (ulong)TrackerFeatures.Call,
            },
        });

        Assert.Equal(9000u, (await preferred.Expect<Reach>(Operation.Reach)).ListenPort);
    }

    [Fact]
    public async Task New_requests_go_to_the_new_tracker_and_the_old_one_answers_its_open_requests()
    {
        await ConnectToTheOtherAsync();
        var underWay = AskAsync(new DescribeSongs(3));
        await _old.Expect(Operation.Info);
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var next = AskAsync(new FindHosts(8));
        await preferred.Expect(Operation.Play);

        await _old.Send(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        await preferred.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });

        Assert.IsType<SongInfoPage>(await underWay);
        Assert.IsType<PlayGrant>(await next);
    }

    [Fact]
    public async Task Requests_that_the_old_tracker_left_unanswered_go_to_the_new_one()
    {
        await ConnectToTheOtherAsync();
        var underWay = AskAsync(new DescribeSongs(3));
        await _old.Expect(Operation.Info);
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);

        await ReplaceAsync();

        Assert.Equal(3, (await preferred.Expect(Operation.Info)).SongId);
        await preferred.Send(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        Assert.IsType<SongInfoPage>(await underWay);
    }

    [Fact]
    public async Task The_peer_does_not_move_to_a_preferred_tracker_that_refuses_it()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.Expect(Operation.Init);
        await preferred.Send(Errors.Frame(ErrorCode.Unauthenticated, "who are you?"));
        await preferred.ReceiveToEnd();

        Assert.True(await StatusAsync() is { Connected: true, Final: false } status && status.Tracker == Other);
        await _old.Send(Operation.Ping, 5);
        await _old.Expect(Operation.Pong);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task The_peer_returns_to_the_old_tracker_when_the_new_one_fails_before_it_has_the_songs(bool busy)
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var find = AskAsync(new FindHosts(8));
        await preferred.Expect(Operation.Play);

        if (busy)
            await preferred.Send(Errors.Frame(ErrorCode.Busy, "cut off", retryAfter: TimeSpan.FromHours(1)));
        else
            preferred.Reset();

        Assert.Equal(8, (await _old.Expect(Operation.Play)).SongId);
        await _old.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        Assert.IsType<PlayGrant>(await find);
        Assert.True(await StatusAsync() is { Connected: true } status && status.Tracker == Other);
    }

    [Fact]
    public async Task REPLACED_from_the_new_tracker_sends_the_peer_back_to_the_old_one_once()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        await preferred.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));
        await preferred.ReceiveToEnd();
        await StatusBecomesAsync(status => status is { Connected: true, Final: false } && status.Tracker == Other);

        await ReplaceAsync();

        await StatusBecomesAsync(
            status => status is { Connected: false, Final: false } && status.Detail.Contains("running twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_peer_returns_to_the_old_tracker_when_the_new_one_never_asks_for_the_songs()
    {
        await ConnectToTheOtherAsync(timeout: TimeSpan.FromSeconds(5));
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await StatusBecomesAsync(status => status.Connected && status.Tracker == Preferred);

        await preferred.ReceiveToEnd();

        Assert.True(await StatusAsync() is { Connected: true } status && status.Tracker == Other);
        await _old.Send(Operation.Ping, 5);
        await _old.Expect(Operation.Pong);
    }

    [Fact]
    public async Task Losing_the_old_tracker_as_the_move_begins_does_no_harm()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.Expect(Operation.Init);
        _old.Reset();
        await StatusBecomesAsync(status => !status.Connected);
        var find = AskAsync(new FindHosts(8));

        await WelcomeAsync(preferred, alternatives: Other);

        await preferred.Expect(Operation.Play);
        await preferred.Send(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        Assert.IsType<PlayGrant>(await find);
    }

    [Fact]
    public async Task The_followers_keep_their_songs_until_the_new_trackers_whole_catalog_has_been_listed()
    {
        await ConnectToTheOtherAsync(wantsBroadcasts: true);
        var follower = Follow();
        await _old.Expect(Operation.List);
        await _old.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1), SongOf(2) }, CatalogVersion = 900 });
        Assert.Equivalent(((int[])[1, 2], true, true), await PartAsync(follower));
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        Assert.Equal(0, (await preferred.Expect(Operation.List)).SongId);
        await preferred.Send(Operation.List, 0, new SongPage { Songs = { SongOf(1) }, NextCursor = 1, CatalogVersion = 3 });
        Assert.Equal(1, (await preferred.Expect(Operation.List)).SongId);
        Assert.Equivalent(((int[])[1], true, false), await PartAsync(follower));
        // Broadcasts from the old tracker are now ignored.
        await _old.Send(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 900, ToVersion = 901, Removed = { 1, 2 } });
        await _old.Send(Operation.Ping, 5);
        await _old.Expect(Operation.Pong);

        await preferred.Send(Operation.List, 0, new SongPage { Songs = { SongOf(3) }, CatalogVersion = 3 });
        await preferred.Send(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 3, ToVersion = 4, Changed = { SongOf(4) } });

        Assert.Equivalent(((int[])[3], false, true), await PartAsync(follower));
        Assert.Equal(4, Assert.Single((await follower.ExpectMsgAsync<CatalogChanged>()).Changed).Id);
    }

    [Fact]
    public async Task Leaving_during_a_move_sends_QUIT_to_the_new_tracker()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var left = AskAsync(Leave.Instance);

        await preferred.Expect(Operation.Quit);
        preferred.Dispose();

        Assert.IsType<Left>(await left);
        await _old.ReceiveToEnd();
    }

    protected override void AfterAll()
    {
        _old?.Dispose();
        base.AfterAll();
    }

    // At first, the peer knows only the tracker that it does not prefer. That tracker names the preferred one.
    private async Task ConnectToTheOtherAsync(bool wantsBroadcasts = false, TimeSpan? timeout = null)
    {
        OpenTrackers(2);
        var choice = new TrackerChoice(Peer, [AddressOf(0)], Eager, TimeProvider.System, Random.Shared);
        choice.Welcomed(AddressOf(0), [$"{AddressOf(1)}"]);
        _preferred = choice.Known[0] == AddressOf(0) ? 0 : 1;
        Start([Other], timeout is { } shorter ? Eager with { RequestTimeout = shorter } : Eager, wantsBroadcasts);
        Link.Tell(Library((1, 7)));
        _old = await RegisterAsync(1 - _preferred, alternatives: Preferred);
        await AskForSongsAsync(_old);
        await _old.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
        await ExpectMsgAsync<RememberIds>();
        // The session reports to the library and to the link. The link may still be behind.
        await StatusBecomesAsync(status => status.Connected);
    }

    private async Task ReplaceAsync()
    {
        await _old.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));
        await _old.ReceiveToEnd();
    }
}
