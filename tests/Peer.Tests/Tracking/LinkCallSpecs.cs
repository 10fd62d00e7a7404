using Akka.TestKit;
using Google.Protobuf;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how calls and reports pass between a peer and its tracker. A probe takes the place of the CallDeskActor.</summary>
public sealed class LinkCallSpecs : TrackerLinkSpec
{
    private readonly TestProbe _desk;

    public LinkCallSpecs(ITestOutputHelper output)
        : base(output) => _desk = CreateTestProbe();

    [Theory]
    [InlineData("203.0.113.9:7072", true)]
    [InlineData("127.0.0.1:7072", true)]
    [InlineData("0.0.0.0:7072", false)]
    [InlineData("224.0.0.1:7072", false)]
    [InlineData("ben.example:7072", false)]
    [InlineData("", false)]
    public async Task A_tracker_may_name_only_endpoints_that_it_can_know(string endpoint, bool isPermitted)
    {
        using var tracker = await RegisterAsync(TrackerFeatures.Call);
        var call = CallOf();
        call.Endpoint = endpoint;

        await tracker.Send(Operation.Call, 7, call);

        var received = await _desk.ExpectMsgAsync<CallReceived>();
        Assert.Equal((call, 7, isPermitted), (received.Call, received.SongId, received.IsPermitted));
    }

    [Fact]
    public async Task A_call_and_a_report_go_to_a_tracker_that_supports_them()
    {
        using var tracker = await RegisterAsync(TrackerFeatures.Call);
        var call = CallOf();

        Link.Tell(new SendCall(call, 7), _desk);
        var frame = await tracker.Expect(Operation.Call);
        Assert.Equal((7, call), (frame.SongId, RawTspClient.Parse<Call>(frame)));

        Link.Tell(new ReachableAt(9000), _desk);
        frame = await tracker.Expect(Operation.Reach);
        Assert.Equal((int.MaxValue, 9000u), (frame.SongId, RawTspClient.Parse<Reach>(frame).ListenPort));
        // An ERROR about the report answers no other request.
        await tracker.Send(Errors.Frame(ErrorCode.RateLimited, "too often", int.MaxValue, TimeSpan.FromSeconds(10)));
        Link.Tell(new SendCall(call, 8), _desk);
        Assert.Equal(8, (await tracker.Expect(Operation.Call)).SongId);
    }

    [Fact]
    public async Task A_port_that_changes_during_the_handshake_is_reported_after_the_welcome()
    {
        OpenTrackers(1);
        Start([AddressOf(0)], features: PeerFeatures.Callable);
        using var tracker = await AcceptAsync();
        Assert.Equal(7071u, (await tracker.Expect<Init>(Operation.Init)).Hello.ListenPort);

        Link.Tell(new ReachableAt(9000), TestActor);
        // The link has the new port when it replies.
        await StatusAsync();
        await WelcomeAsync(tracker, TrackerFeatures.Call);

        Assert.Equal(9000u, (await tracker.Expect<Reach>(Operation.Reach)).ListenPort);
    }

    [Fact]
    public async Task A_tracker_that_does_not_reach_the_routers_port_in_a_hello_hears_once_of_this_machines_own()
    {
        using (var before = await RegisterAsync(TrackerFeatures.Call))
        {
            Link.Tell(new ReachableAt(9000), TestActor);
            await before.Expect(Operation.Reach);
        }

        using var tracker = await AcceptAsync();
        Assert.Equal(9000u, (await tracker.Expect<Init>(Operation.Init)).Hello.ListenPort);
        await WelcomeAsync(tracker, TrackerFeatures.Call);
        var failed = new Reach { ListenPort = 9000, Observed = "192.168.1.5:9000", Reason = "closed" };

        await tracker.Send(Operation.Reach, 0, failed);
        Assert.Equal(7071u, (await tracker.Expect<Reach>(Operation.Reach)).ListenPort);

        await tracker.Send(Operation.Reach, 0, failed);
        await tracker.Send(Operation.Ping, 5);
        await tracker.Expect(Operation.Pong);
        await StatusAsync();
        Link.Tell(new SendCall(CallOf(), 8), _desk);
        await tracker.Expect(Operation.Call);
    }

    [Fact]
    public async Task A_call_returns_from_a_tracker_that_does_not_know_calls()
    {
        using var tracker = await RegisterAsync(TrackerFeatures.None);
        var call = CallOf();

        Link.Tell(new SendCall(call, 7), _desk);

        Assert.Equal(call, (await _desk.ExpectMsgAsync<CallUnsent>()).Call);
    }

    [Fact]
    public async Task A_call_is_returned_while_there_is_no_tracker()
    {
        OpenTrackers(1);
        Start([AddressOf(0)], calls: _desk);
        var call = CallOf();

        Link.Tell(new SendCall(call, 7), _desk);

        Assert.Equal(call, (await _desk.ExpectMsgAsync<CallUnsent>()).Call);
    }

    private static Call CallOf() => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
    };

    private async Task<RawTspClient> RegisterAsync(TrackerFeatures features)
    {
        OpenTrackers(1);
        Start([AddressOf(0)], features: PeerFeatures.Call | PeerFeatures.Callable, calls: _desk);
        var tracker = await AcceptAsync();
        Assert.Equal(3ul, (await tracker.Expect<Init>(Operation.Init)).Hello.Features);
        await WelcomeAsync(tracker, features);
        await StatusBecomesAsync(status => status.Connected);
        return tracker;
    }

    private static Task WelcomeAsync(RawTspClient tracker, TrackerFeatures features) => tracker.Send(Operation.Init, 0, new Init
    {
        Welcome = new Welcome { TrackerName = "specs", HeartbeatIntervalMs = 600_000, CatalogVersion = 1, Features = (ulong)features },
    });
}
