using Google.Protobuf;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how users learn that nobody can connect to their peer's port.</summary>
public sealed class LinkPortSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    private static readonly LinkSettings Curious = Calm with { PortCheckInterval = TimeSpan.FromMilliseconds(10) };

    [Fact]
    public async Task The_tracker_is_asked_about_a_song_of_the_peer_and_each_verdict_is_reported_once()
    {
        Start(settings: Curious);
        Sys.EventStream.Subscribe(TestActor, typeof(PortNotice));
        Link.Tell(Library((1, 7)), TestActor);
        using var tracker = await RegisterAsync();

        await AnswerAsync(tracker, reachable: false);
        await AnswerAsync(tracker, reachable: false);
        await StatusBecomesAsync(status => status.PortReachable == false);
        await AnswerAsync(tracker, reachable: true);
        await AnswerAsync(tracker, reachable: true);
        await StatusBecomesAsync(status => status.PortReachable == true);

        var told = await ExpectMsgAsync<PortNotice>();
        Assert.Contains("203.0.113.9:7071", EventText.Describe(told), StringComparison.Ordinal);
        Assert.Contains("--port", EventText.Describe(told), StringComparison.Ordinal);
        Assert.True((await ExpectMsgAsync<PortNotice>()).IsReachable);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_port_that_is_reachable_from_the_start_is_not_reported()
    {
        Start(settings: Curious);
        Sys.EventStream.Subscribe(TestActor, typeof(PortNotice));
        Link.Tell(Library((1, 7)), TestActor);
        using var tracker = await RegisterAsync();

        await AnswerAsync(tracker, reachable: true);
        await StatusBecomesAsync(status => status.PortReachable == true);

        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_reply_that_does_not_name_the_peer_proves_nothing_about_its_port()
    {
        Start(settings: Curious);
        Link.Tell(Library((1, 7)), TestActor);
        using var tracker = await RegisterAsync();
        await tracker.Expect(Operation.Play);
        await tracker.Send(Errors.Frame(ErrorCode.UnknownSong, "there is no song 7", 7));
        await tracker.Expect(Operation.Play);
        // This grant does not name the peer as a host.
        await tracker.Send(Operation.Play, 7, new PlayGrant { Song = SongOf(7) });
        await tracker.Expect(Operation.Play);

        Assert.Null((await StatusAsync()).PortReachable);
    }

    [Theory]
    [InlineData(PeerFeatures.Call | PeerFeatures.Callable, true)]
    [InlineData(PeerFeatures.Callable, false)]
    public async Task The_trackers_report_reaches_the_user_only_if_the_peer_hosts_songs(PeerFeatures features, bool isTold)
    {
        OpenTrackers(1);
        Start([AddressOf(0)], features: features);
        Sys.EventStream.Subscribe(TestActor, typeof(PortNotice));
        using var tracker = await RegisterAsync();

        await tracker.Send(Operation.Reach, 0, new Reach { ListenPort = 7071, Observed = "203.0.113.9:7071", Reason = "closed" });
        await StatusBecomesAsync(status => status.PortReachable == false);

        if (isTold)
            Assert.False((await ExpectMsgAsync<PortNotice>()).IsReachable);
        await ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private static async Task AnswerAsync(RawTspClient tracker, bool reachable)
    {
        Assert.Equal(7, (await tracker.Expect(Operation.Play)).SongId);
        var song = SongOf(7);
        song.Hosts.Add(new Host
        {
            PeerId = ByteString.CopyFrom(Peer.ToArray()),
            Name = "ann",
            Address = "203.0.113.9",
            Port = 7071,
            Reachable = reachable
        });
        await tracker.Send(Operation.Play, 7, new PlayGrant { Song = song });
    }
}
