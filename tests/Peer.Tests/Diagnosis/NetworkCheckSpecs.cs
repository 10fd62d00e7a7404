using System.Net;
using TspActors.Peer.Diagnosis;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Diagnosis;

/// <summary>Checks what doctor says about the tracker, the port and the network between them.</summary>
public sealed class NetworkCheckSpecs
{
    private static readonly TrackerAddress Tracker = new("tracker.example", 7070);
    private static readonly LinkStatus Linked = new(true, Tracker, "Friends", 3, 0);

    [Fact]
    public void A_connected_tracker_is_named_together_with_its_proof_of_identity()
    {
        Assert.Equal(
            Finding.Ok("tracker", "Friends at tracker.example:7070, over TLS, key 12"),
            TrackerCheck.Judge(Linked, ("over TLS, key 12", true)));
        Assert.Equal(FindingState.Warning, TrackerCheck.Judge(Linked, ("unencrypted", false)).State);
    }

    [Fact]
    public void A_tracker_that_cannot_be_reached_is_a_problem_with_the_reason()
    {
        var found = TrackerCheck.Judge(Linked with { Connected = false, Detail = "connection refused" }, ("", false));

        Assert.Equal((FindingState.Problem, "tracker.example:7070: connection refused"), (found.State, found.Detail));
        Assert.NotEmpty(found.Advice);
    }

    [Theory]
    [InlineData(true, true, 1, false, "Ok")]
    [InlineData(true, false, 1, false, "Problem")]
    [InlineData(true, false, 1, true, "Warning")]
    [InlineData(true, null, 1, false, "Warning")]
    [InlineData(true, null, 0, false, "Warning")]
    [InlineData(false, null, 1, false, "Warning")]
    public void A_port_is_judged_by_the_tests_of_the_tracker(
        bool isConnected, bool? isReachable, int songs, bool isCalledBack, string expected) =>
        Assert.Equal(expected, $"{PortCheck.Judge(isConnected, new ReachState(7071, isReachable, IsCalledBack: isCalledBack), songs).State}");

    [Fact]
    public async Task A_check_of_the_port_waits_for_the_tracker_and_then_reports_the_endpoint_and_the_mapping()
    {
        var clock = new ManualClock();
        var asked = 0;
        var reached = Linked with { PortReachable = true, ListedAt = new TrackerAddress("84.1.2.3", 20_001) };
        var link = new LinkWatch(
            _ => Task.FromResult(++asked < 3 ? Linked with { PortReachable = false } : reached), TimeSpan.FromMinutes(1), clock);
        var check = new PortCheck(
            new PortVerdict(link, link, isFresh: true), new IPEndPoint(IPAddress.Any, 7071), () => 1,
            () => Task.FromResult<string?>("the router forwards port 20001"));

        var running = check.RunAsync(CancellationToken.None);
        await clock.RunUntil(running);

        Assert.Equal(
            Finding.Ok("port", "others can reach this peer at 84.1.2.3:20001 (the router forwards port 20001)"), await running);
        Assert.Equal(3, asked);
    }

    [Fact]
    public async Task The_verdict_about_a_peer_that_has_run_for_a_while_is_final()
    {
        var link = new LinkWatch(_ => Task.FromResult(Linked with { PortReachable = false }), TimeSpan.FromHours(1), new ManualClock());
        var check = new PortCheck(
            new PortVerdict(link, link, isFresh: false), new IPEndPoint(IPAddress.Any, 7071), () => 1, describeMapping: null);

        Assert.Equal(FindingState.Problem, (await check.RunAsync(CancellationToken.None)).State);
    }

    [Fact]
    public async Task The_wait_for_the_tracker_ends()
    {
        var clock = new ManualClock();
        var link = new LinkWatch(_ => Task.FromResult(Linked), TimeSpan.FromSeconds(1), clock);

        var waiting = link.WaitAsync(status => status.PortReachable is not null, CancellationToken.None);
        await clock.RunUntil(waiting);

        Assert.Null((await waiting).PortReachable);
    }

    [Fact]
    public async Task Nothing_is_awaited_from_a_link_that_has_given_up()
    {
        var given = Linked with { Connected = false, Final = true };
        var link = new LinkWatch(_ => Task.FromResult(given), TimeSpan.FromHours(1), new ManualClock());

        Assert.Equal(given, await link.WaitAsync(status => status.Connected, CancellationToken.None));
    }

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5", null, "Ok")]
    [InlineData("203.0.113.5", "192.168.1.7", null, "Ok")]
    [InlineData("192.168.1.1", "192.168.1.7", null, "Ok")]
    [InlineData("203.0.113.5", "100.64.1.1", null, "Warning")]
    [InlineData("203.0.113.5", "100.64.1.1", true, "Ok")]
    [InlineData(null, "192.168.1.7", null, "Warning")]
    public void The_kind_of_NAT_is_reported_as_far_as_it_is_known(string? observed, string own, bool? isReachable, string expected)
    {
        var status = Linked with
        {
            ObservedAddress = observed is null ? null : IPAddress.Parse(observed),
            PortReachable = isReachable,
        };

        var found = NatCheck.Judge(status, [IPAddress.Loopback, IPAddress.Parse(own)]);

        Assert.Equal(expected, $"{found.State}");
        Assert.DoesNotContain("127.0.0.1", found.Detail, StringComparison.Ordinal);
        if (observed is not null)
            Assert.Contains(observed, found.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mapping_is_reported_with_its_description()
    {
        Assert.Equal("the router forwards 7071", (await Mapping(() => Task.FromResult<string?>("the router forwards 7071"))).Detail);
        Assert.Equal(FindingState.Ok, (await Mapping(() => Task.FromResult<string?>(null))).State);
        Assert.Equal(FindingState.Ok, (await Mapping(null)).State);
    }

    [Fact]
    public async Task A_mapping_that_is_made_after_the_trackers_first_test_is_reported()
    {
        var clock = new ManualClock();
        var asked = 0;
        var link = new LinkWatch(
            _ => Task.FromResult(Linked with { PortReachable = ++asked >= 4 }), TimeSpan.FromMinutes(1), clock);
        var check = new MappingCheck(
            new PortVerdict(link, link, isFresh: true),
            () => Task.FromResult(asked >= 4 ? "the router forwards 7071" : null));

        var running = check.RunAsync(CancellationToken.None);
        await clock.RunUntil(running);

        Assert.Equal(Finding.Ok("mapping", "the router forwards 7071"), await running);
    }

    [Fact]
    public async Task What_looks_like_a_providers_NAT_is_judged_by_the_trackers_verdict_on_the_port()
    {
        var clock = new ManualClock();
        var asked = 0;
        var link = new LinkWatch(
            _ => Task.FromResult(Linked with { ObservedAddress = IPAddress.Parse("203.0.113.5"), PortReachable = ++asked >= 4 }),
            TimeSpan.FromMinutes(1), clock);
        var check = new NatCheck(link, new PortVerdict(link, link, isFresh: true), () => [IPAddress.Parse("100.64.1.1")]);

        var running = check.RunAsync(CancellationToken.None);
        await clock.RunUntil(running);

        Assert.Equal(FindingState.Ok, (await running).State);
    }

    [Fact]
    public async Task A_peer_without_a_port_waits_for_no_verdict()
    {
        var link = new LinkWatch(
            _ => Task.FromResult(Linked with { ObservedAddress = IPAddress.Parse("203.0.113.5") }), TimeSpan.FromHours(1),
            new ManualClock());

        var found = await new NatCheck(link, verdict: null, () => [IPAddress.Parse("100.64.1.1")]).RunAsync(CancellationToken.None);

        Assert.Equal(FindingState.Warning, found.State);
    }

    [Fact]
    public void The_key_of_a_tracker_is_the_one_that_it_has_shown_on_the_connection()
    {
        var key = new KeyId(new byte[KeyId.Size]);
        var trust = new TrackerTrust(PeerEncryption.Prefer);
        var secure = Linked with { TrackerKey = key };
        var authority = Tracker with { Security = new TrackerSecurity(TrackerSecurityKind.Authority) };
        var plain = Tracker with { Security = new TrackerSecurity(TrackerSecurityKind.Plain) };

        Assert.Equal(($"over TLS, key {key}", true), trust.Describe(secure));
        Assert.Equal(("over TLS, with a certificate from an authority", true), trust.Describe(secure with { Tracker = authority }));
        Assert.Equal(("unencrypted, because it does not speak TLS", false), trust.Describe(Linked));
        Assert.Equal(("unencrypted", false), trust.Describe(Linked with { Tracker = plain }));
        Assert.Equal(("unencrypted", false), new TrackerTrust(PeerEncryption.Off).Describe(Linked));
    }

    private static Task<Finding> Mapping(Func<Task<string?>>? describe)
    {
        var link = new LinkWatch(_ => Task.FromResult(Linked with { PortReachable = true }), TimeSpan.FromHours(1), new ManualClock());
        return new MappingCheck(new PortVerdict(link, link, isFresh: true), describe).RunAsync(CancellationToken.None);
    }
}
