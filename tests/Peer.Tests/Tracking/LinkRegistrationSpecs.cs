using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how a peer registers at a tracker, shares its songs, reconnects and leaves.</summary>
public sealed class LinkRegistrationSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    [Fact]
    public async Task The_hello_describes_the_peer()
    {
        Start(wantsBroadcasts: true);
        using var tracker = await AcceptAsync();

        var hello = (await tracker.Expect<Init>(Operation.Init)).Hello;

        Assert.Equal(
            (1u, "ann", 7071u, true, "ann.example"),
            (hello.ProtocolVersion, hello.Name, hello.ListenPort, hello.WantsBroadcasts, hello.AdvertisedAddress));
        Assert.Equal(Peer, new PeerId(hello.PeerId.Span));
        await WelcomeAsync(tracker, "club");
        await StatusBecomesAsync(status => status is { Connected: true, Detail: "club", Final: false });
    }

    [Fact]
    public async Task The_next_hello_says_whether_the_peer_passes_feeds_on()
    {
        Start();
        using (await RegisterAsync())
        {
            Link.Tell(new PassFeedsOn(true));
            await StatusAsync();
        }

        using (var again = await AcceptAsync())
        {
            var hello = (await again.Expect<Init>(Operation.Init)).Hello;
            Assert.True(((PeerFeatures)hello.Features).HasFlag(PeerFeatures.LiveRelay));
            Link.Tell(new PassFeedsOn(false));
            await StatusAsync();
        }

        using var last = await AcceptAsync();
        Assert.Equal(0ul, (await last.Expect<Init>(Operation.Init)).Hello.Features);
    }

    [Fact]
    public async Task The_peer_shares_its_songs_when_asked_and_the_library_receives_the_ids()
    {
        Start();
        Link.Tell(Library((1, 0), (2, 22)));
        using var tracker = await RegisterAsync();
        var shared = AskAsync(AwaitShare.Instance);

        await tracker.Send(Operation.List);

        var share = await tracker.Expect<Share>(Operation.Share);
        Assert.True(share is { Complete: true, Last: true });
        Assert.Equal([22, 0], share.Added.Select(song => song.LastId));
        await tracker.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7), Assigned(2, 0) } });
        Assert.Equal([7, 0], (await ExpectMsgAsync<RememberIds>()).Songs.Select(song => song.Id));
        Assert.True(await shared is LinkStatus { Connected: true, SongsRefused: 1 });
    }

    [Fact]
    public async Task Later_changes_to_the_library_are_also_shared()
    {
        Start();
        Link.Tell(Library((1, 0)));
        using var tracker = await RegisterAsync();
        await tracker.Send(Operation.List);
        await tracker.Expect(Operation.Share);

        Link.Tell(Library((2, 0)));

        var share = await tracker.Expect<Share>(Operation.Share);
        Assert.True(share is { Complete: false, Last: true, Added.Count: 1, Removed.Count: 1 });
    }

    [Fact]
    public async Task Load_reports_are_combined_and_the_newest_one_is_always_sent()
    {
        Start();
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        for (var active = 1; active <= 50; active++)
            Sys.EventStream.Publish(new ReportLoad(active, 99));

        var told = new List<uint>();
        while (told.Count == 0 || told[^1] != 50)
            told.Add((await tracker.Expect<Share>(Operation.Share)).Load.ActiveStreams);

        Assert.InRange(told.Count, 1, 3);
    }

    [Fact]
    public async Task A_PING_is_answered()
    {
        Start();
        using var tracker = await RegisterAsync();

        await tracker.Send(Operation.Ping, 42);

        Assert.Equal(42, (await tracker.Expect(Operation.Pong)).SongId);
    }

    [Fact]
    public async Task After_losing_a_tracker_the_peer_shares_its_songs_with_their_stored_ids_at_the_next_one()
    {
        Start(trackers: 2);
        Link.Tell(Library((1, 0)));
        using (var first = await RegisterAsync(0))
        {
            await first.Send(Operation.List);
            await first.Expect(Operation.Share);
            await first.Send(Operation.Assign, 0, new Assign { Songs = { Assigned(1, 7) } });
            await ExpectMsgAsync<RememberIds>();
            Link.Tell(Library((1, 7)));
            first.Reset();
        }

        using var second = await RegisterAsync(1);
        await second.Send(Operation.List);

        var share = await second.Expect<Share>(Operation.Share);
        Assert.True(share.Complete);
        Assert.Equal([7], share.Added.Select(song => song.LastId));
        Assert.Equal(AddressOf(1), (await StatusAsync()).Tracker);
    }

    [Fact]
    public async Task Trackers_are_tried_in_repeated_rounds()
    {
        Start(trackers: 2);
        for (var i = 0; i < 6; i++)
            (await AcceptAsync(i % 2)).Dispose();

        using var tracker = await RegisterAsync(0);
        await StatusBecomesAsync(status => status.Connected);
    }

    [Fact]
    public async Task A_tracker_that_accepts_the_connection_but_sends_nothing_is_dropped()
    {
        Start(trackers: 2, Calm with { RequestTimeout = Soon });
        using var silent = await AcceptAsync(0);

        using var next = await AcceptAsync(1);

        Assert.Contains("did not answer within", (await StatusAsync()).Detail, StringComparison.Ordinal);
        await silent.ReceiveToEnd();
    }

    [Theory]
    [InlineData("HTTP/1.1 200 OK\r\n\r\n")]
    [InlineData("\u0080\0\0\0\0\0\0\0\u0002\u007f\u007f")]
    [InlineData("\u0081\0\0\0\0\u007f\u007f\u007f\u007f")]
    public async Task A_tracker_that_does_not_speak_TSP_is_dropped_and_tried_again(string bytes)
    {
        Start();
        using var garbage = await AcceptAsync();
        await garbage.Send([.. bytes.Select(letter => (byte)letter)]);
        garbage.FinishSending();

        using var again = await RegisterAsync();

        await StatusBecomesAsync(status => status.Connected);
    }

    [Fact]
    public async Task REPLACED_is_reported_and_the_peer_reconnects_with_its_resume_secret()
    {
        Start();
        var secret = ResumeSecret.NewRandom();
        using var tracker = await AcceptAsync();
        Assert.True((await tracker.Expect<Init>(Operation.Init)).Hello.Resume.IsEmpty);
        var welcome = new Welcome { TrackerName = "specs", HeartbeatIntervalMs = 60_000, Resume = secret };
        await tracker.Send(Operation.Init, 0, new Init { Welcome = welcome });
        await StatusBecomesAsync(status => status.Connected);
        Sys.EventStream.Subscribe(TestActor, typeof(LinkStatus));

        await tracker.Send(Errors.Frame(ErrorCode.Replaced, "a peer with the same id has connected"));

        var status = await FishForMessageAsync<LinkStatus>(status => !status.Connected);
        Assert.False(status.Final);
        Assert.Contains("running twice", status.Detail, StringComparison.Ordinal);
        await tracker.ReceiveToEnd();
        Assert.IsType<LinkStatus>(await AskAsync(AwaitShare.Instance));
        using var again = await AcceptAsync();
        Assert.Equal(secret, (await again.Expect<Init>(Operation.Init)).Hello.Resume);
    }

    [Fact]
    public async Task UNAUTHENTICATED_ends_the_link_permanently()
    {
        Start();
        using var tracker = await AcceptAsync();
        await tracker.Expect(Operation.Init);

        await tracker.Send(Errors.Frame(ErrorCode.Unauthenticated, "the access key does not match this tracker's"));

        await StatusBecomesAsync(status => status is { Final: true, Detail: "the access key does not match this tracker's" });
        await AssertNoConnectionAsync();
    }

    [Fact]
    public async Task If_the_tracker_requires_a_key_and_the_peer_has_none_the_link_ends_and_names_the_setting()
    {
        Start();
        using var tracker = await AcceptAsync();
        await tracker.Send(Handshakes.OfHost(new AccessKey("k")).Advance(await WithNonceAsync(tracker)).ToFrame());

        await StatusBecomesAsync(status => status.Final && status.Detail.Contains("tsp.peer.access-key", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Both_sides_prove_that_they_know_the_access_key()
    {
        var key = new AccessKey("secret");
        Start(key: key);
        using var tracker = await AcceptAsync();
        var handshake = Handshakes.OfHost(key);
        await tracker.Send(handshake.Advance(await tracker.Expect<Init>(Operation.Init)).ToFrame());
        var proved = Init.Parser.ParseFrom(
            handshake.Advance(await tracker.Expect<Init>(Operation.Init)).ToFrame().AsSpan(FrameHeader.SizeWithLength));
        Assert.True(handshake.IsProved);
        proved.Welcome.TrackerName = "the tracker";
        await tracker.Send(Operation.Init, 0, proved);

        await StatusBecomesAsync(status => status.Connected);
    }

    [Fact]
    public async Task The_port_of_a_peer_is_not_accepted_as_a_tracker()
    {
        Start();
        using var host = await AcceptAsync();
        await host.Send(Handshakes.OfHost(null).Advance(await host.Expect<Init>(Operation.Init)).ToFrame());

        await StatusBecomesAsync(
            status => status is { Connected: false, Final: true } && status.Detail.Contains("not a tracker", StringComparison.Ordinal));
        await host.ReceiveToEnd();
    }

    [Fact]
    public async Task A_tracker_that_never_asks_for_the_songs_is_dropped()
    {
        Start(trackers: 2, Calm with { RequestTimeout = TimeSpan.FromSeconds(5) });
        using var odd = await RegisterAsync(0);

        using var next = await AcceptAsync(1);

        Assert.Contains("did not ask for this peer's songs within", (await StatusAsync()).Detail, StringComparison.Ordinal);
        await odd.ReceiveToEnd();
    }

    [Fact]
    public async Task A_guest_counts_as_registered_whether_or_not_the_tracker_asks_for_its_songs()
    {
        Start(listenPort: 0);
        var shared = AskAsync(AwaitShare.Instance);
        using var tracker = await RegisterAsync();

        Assert.True(await shared is LinkStatus { Connected: true });

        var share = await AskForSongsAsync(tracker);
        Assert.True(share is { Complete: true, Last: true, Added.Count: 0 });
    }

    [Fact]
    public async Task Leaving_sends_QUIT()
    {
        Start();
        using var tracker = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        Sys.EventStream.Subscribe(TestActor, typeof(LinkStatus));
        var left = AskAsync(Leave.Instance);

        await tracker.Expect(Operation.Quit);
        await tracker.ExpectEnd();
        tracker.Dispose();

        Assert.IsType<Left>(await left);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Leaving_without_a_tracker_is_answered_immediately()
    {
        Start(settings: Calm with { ReconnectMin = Never, ReconnectMax = Never });
        (await AcceptAsync()).Dispose();

        Assert.IsType<Left>(await AskAsync(Leave.Instance));
    }

    [Fact]
    public async Task Leaving_during_the_handshake_does_not_register_the_peer()
    {
        Start();
        using var tracker = await AcceptAsync();
        await tracker.Expect(Operation.Init);

        Assert.IsType<Left>(await AskAsync(Leave.Instance));

        await tracker.ReceiveToEnd();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_session_or_connection_that_stops_unexpectedly_is_replaced(bool session)
    {
        Start();
        using var first = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
        var child = Assert.Single(ChildrenOf(Link));

        Sys.Stop(session ? child : Assert.Single(ChildrenOf(child)));

        using var second = await RegisterAsync();
        await StatusBecomesAsync(status => status.Connected);
    }

    private static async Task<Init> WithNonceAsync(RawTspClient tracker)
    {
        var init = await tracker.Expect<Init>(Operation.Init);
        init.Hello.Nonce = Google.Protobuf.ByteString.CopyFrom(AccessKey.NewNonce());
        return init;
    }

    private async Task AssertNoConnectionAsync()
    {
        var accepting = AcceptAsync();
        await ExpectNoMsgAsync(TimeSpan.FromMilliseconds(50));
        Assert.False(accepting.IsCompleted);
    }
}
