using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>
/// How a peer moves to the tracker of a cluster that it prefers: it is registered at the new one before it leaves the old one.
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

    private RemoteEnd _old = null!;
    private int _preferred;

    private TrackerAddress Preferred => AddressOf(_preferred);

    private TrackerAddress Other => AddressOf(1 - _preferred);

    [Fact]
    public async Task it_registers_and_shares_at_the_preferred_one_and_then_leaves_the_other()
    {
        await ConnectToTheOtherAsync();
        Sys.EventStream.Subscribe(TestActor, typeof(LinkStatus));
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        Assert.True(await AskForSongsAsync(preferred) is { Complete: true, Added: [{ LastId: 7 }] });
        Assert.Equal(Preferred, (await StatusAsync()).Tracker);
        // Not before its songs are known there.
        await _old.SendAsync(Operation.Ping, 5);
        await _old.ReadAsync(Operation.Pong);

        await preferred.SendAsync(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });

        await _old.ReadAsync(Operation.Quit);
        await _old.ExpectEndAsync();
        await ExpectMsgAsync<RememberIds>();
        // Nobody was told of it.
        await ExpectNoMsgAsync(TimeSpan.Zero);
        Assert.True((await StatusAsync()).Connected);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task REPLACED_by_its_own_move_is_no_error(bool beforeTheWelcome)
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.ReadAsync(Operation.Init);
        if (beforeTheWelcome)
            await ReplaceAsync();
        await WelcomeAsync(preferred, alternatives: Other);
        if (!beforeTheWelcome)
            await ReplaceAsync();

        Assert.True(await AskForSongsAsync(preferred) is { Complete: true, Added.Count: 1 });
        await StatusBecomesAsync(status => status is { Connected: true, Final: false } && status.Tracker == Preferred);
    }

    [Fact]
    public async Task questions_go_to_the_new_one_and_those_underWay_are_answered_by_the_old_one()
    {
        await ConnectToTheOtherAsync();
        var underWay = AskAsync(new DescribeSongs(3));
        await _old.ReadAsync(Operation.Info);
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var next = AskAsync(new FindHosts(8));
        await preferred.ReadAsync(Operation.Play);

        await _old.SendAsync(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        await preferred.SendAsync(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });

        Assert.IsType<SongInfoPage>(await underWay);
        Assert.IsType<PlayGrant>(await next);
    }

    [Fact]
    public async Task what_the_old_one_still_owes_is_asked_at_the_new_one()
    {
        await ConnectToTheOtherAsync();
        var underWay = AskAsync(new DescribeSongs(3));
        await _old.ReadAsync(Operation.Info);
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);

        await ReplaceAsync();

        Assert.Equal(3, (await preferred.ReadAsync(Operation.Info)).SongId);
        await preferred.SendAsync(Operation.Info, 3, new SongInfoPage { Songs = { SongOf(3) } });
        Assert.IsType<SongInfoPage>(await underWay);
    }

    [Fact]
    public async Task a_preferred_one_that_refuses_is_not_moved_to()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.ReadAsync(Operation.Init);
        await preferred.SendAsync(Errors.Frame(ErrorCode.Unauthenticated, "who are you?"));
        await preferred.ReadToEndAsync();

        Assert.True(await StatusAsync() is { Connected: true, Final: false } status && status.Tracker == Other);
        await _old.SendAsync(Operation.Ping, 5);
        await _old.ReadAsync(Operation.Pong);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task a_new_one_that_fails_before_it_has_the_songs_is_left_for_the_old_one(bool busy)
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var find = AskAsync(new FindHosts(8));
        await preferred.ReadAsync(Operation.Play);

        if (busy)
            await preferred.SendAsync(Errors.Frame(ErrorCode.Busy, "cut off", retryAfter: TimeSpan.FromHours(1)));
        else
            preferred.Reset();

        Assert.Equal(8, (await _old.ReadAsync(Operation.Play)).SongId);
        await _old.SendAsync(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        Assert.IsType<PlayGrant>(await find);
        Assert.True(await StatusAsync() is { Connected: true } status && status.Tracker == Other);
    }

    [Fact]
    public async Task REPLACED_by_the_new_one_leads_back_to_the_old_one_once()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        await preferred.SendAsync(Errors.Frame(ErrorCode.Replaced, "another one came"));
        await preferred.ReadToEndAsync();
        await StatusBecomesAsync(status => status is { Connected: true, Final: false } && status.Tracker == Other);

        await ReplaceAsync();

        await StatusBecomesAsync(
            status => status is { Connected: false, Final: false } && status.Detail.Contains("running twice", StringComparison.Ordinal));
    }

    [Fact]
    public async Task a_new_one_that_never_asks_for_the_songs_is_left_for_the_old_one()
    {
        await ConnectToTheOtherAsync(timeout: TimeSpan.FromSeconds(5));
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await StatusBecomesAsync(status => status.Connected && status.Tracker == Preferred);

        await preferred.ReadToEndAsync();

        Assert.True(await StatusAsync() is { Connected: true } status && status.Tracker == Other);
        await _old.SendAsync(Operation.Ping, 5);
        await _old.ReadAsync(Operation.Pong);
    }

    [Fact]
    public async Task a_tracker_lost_while_the_move_begins_is_no_loss()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await AcceptAsync(_preferred);
        await preferred.ReadAsync(Operation.Init);
        _old.Reset();
        await StatusBecomesAsync(status => !status.Connected);
        var find = AskAsync(new FindHosts(8));

        await WelcomeAsync(preferred, alternatives: Other);

        await preferred.ReadAsync(Operation.Play);
        await preferred.SendAsync(Operation.Play, 8, new PlayGrant { Song = SongOf(8) });
        Assert.IsType<PlayGrant>(await find);
    }

    [Fact]
    public async Task the_copy_of_the_catalog_stays_until_the_new_one_has_told_all_of_its_own()
    {
        await ConnectToTheOtherAsync(wantsBroadcasts: true);
        await _old.SendAsync(Operation.List, 0, new SongPage { Songs = { SongOf(1, "alpha"), SongOf(2, "beta") }, CatalogVersion = 900 });
        await StatusBecomesAsync(status => status.SongsInCatalog == 2);
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        Assert.Equal(0, (await preferred.ReadAsync(Operation.List)).SongId);
        await preferred.SendAsync(Operation.List, 0, new SongPage { Songs = { SongOf(1, "alpha") }, NextCursor = 1, CatalogVersion = 3 });
        Assert.Equal(1, (await preferred.ReadAsync(Operation.List)).SongId);
        // What the old one says does not count any more.
        await _old.SendAsync(Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 900, ToVersion = 901, Removed = { 1, 2 } });
        await _old.SendAsync(Operation.Ping, 5);
        await _old.ReadAsync(Operation.Pong);
        Assert.Equal(["alpha", "beta"], ((Titles)await AskAsync(new FindTitles("", 10))).Fitting);

        await preferred.SendAsync(Operation.List, 0, new SongPage { Songs = { SongOf(3, "gamma") }, CatalogVersion = 3 });
        await preferred.SendAsync(
            Operation.BroadcastList, 0, new CatalogDelta { FromVersion = 3, ToVersion = 4, Changed = { SongOf(4, "delta") } });

        await StatusBecomesAsync(status => status.SongsInCatalog == 3);
        Assert.Equal(["alpha", "delta", "gamma"], ((Titles)await AskAsync(new FindTitles("", 10))).Fitting);
    }

    [Fact]
    public async Task leaving_in_the_middle_of_a_move_says_QUIT_where_it_is_registered()
    {
        await ConnectToTheOtherAsync();
        using var preferred = await RegisterAsync(_preferred, alternatives: Other);
        await AskForSongsAsync(preferred);
        var left = AskAsync(Leave.Instance);

        await preferred.ReadAsync(Operation.Quit);
        preferred.Dispose();

        Assert.IsType<Left>(await left);
        await _old.ReadToEndAsync();
    }

    protected override void AfterAll()
    {
        _old?.Dispose();
        base.AfterAll();
    }

    // The peer knows only the tracker that it does not prefer, and hears of the other one there.
    private async Task ConnectToTheOtherAsync(bool wantsBroadcasts = false, TimeSpan? timeout = null)
    {
        OpenTrackers(2);
        var choice = new TrackerChoice(Peer, [AddressOf(0)], Eager, TimeProvider.System, Random.Shared);
        choice.Welcomed(AddressOf(0), [$"{AddressOf(1)}"]);
        _preferred = choice.Known[0] == AddressOf(0) ? 0 : 1;
        Start([Other], timeout is { } shorter ? Eager with { RequestTimeout = shorter } : Eager, wantsBroadcasts);
        Link.Tell(Library((1, 7)));
        _old = await RegisterAsync(1 - _preferred, alternatives: Preferred);
        if (wantsBroadcasts)
            await _old.ReadAsync(Operation.List);
        await AskForSongsAsync(_old);
        await _old.SendAsync(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
        await ExpectMsgAsync<RememberIds>();
    }

    private async Task ReplaceAsync()
    {
        await _old.SendAsync(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));
        await _old.ReadToEndAsync();
    }
}
