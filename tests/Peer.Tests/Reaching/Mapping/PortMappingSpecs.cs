using Akka.Actor;
using Akka.TestKit;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Terminal;
using TspActors.Peer.Tracking;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks the reports between the port mapper and the tracker link.</summary>
public sealed class PortMappingSpecs : PortMapperSpec
{
    private static readonly PortMappingSettings Auto = Calm with { Mode = PortMappingMode.Auto };

    private readonly TestProbe _link;

    public PortMappingSpecs(ITestOutputHelper output)
        : base(output) => _link = CreateTestProbe();

    [Fact]
    public async Task A_failed_probe_leads_to_a_mapping_whose_port_the_link_reports_until_it_is_released()
    {
        Router.SpeaksNatPmp = true;
        Router.PortToGrant = _ => 40_000;
        Sys.EventStream.Subscribe(TestActor, typeof(MappingChanged));
        var mapping = await StartAsync();

        Probed("5.5.0.10", isReachable: false);

        var status = await BecomesAsync(MappingState.Mapped);
        Assert.Equal(40_000, status.ExternalPort);
        Assert.Equal(
            "the router forwards its port 40000 to port 7071 of this machine (NAT-PMP)", EventText.Describe(new MappingChanged(status)));
        Assert.Equal(40_000, (await _link.ExpectMsgAsync<ReachableAt>()).Port);
        await ReleaseAsync(mapping);
        Assert.Equal(Port, (await _link.ExpectMsgAsync<ReachableAt>()).Port);
    }

    [Fact]
    public async Task A_mapping_with_the_same_port_is_reported_so_that_the_tracker_tries_it()
    {
        Router.SpeaksNatPmp = true;
        Sys.EventStream.Subscribe(TestActor, typeof(MappingChanged));
        await StartAsync();

        Probed("5.5.0.10", isReachable: false);

        await BecomesAsync(MappingState.Mapped);
        Assert.Equal(Port, (await _link.ExpectMsgAsync<ReachableAt>()).Port);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("192.168.1.5")]
    [InlineData("2001:db8::5")]
    public async Task A_probe_within_this_network_or_over_IPv6_says_nothing_about_the_router(string address)
    {
        var mapping = await StartAsync();

        Probed(address, isReachable: false);

        Assert.Equal(MappingState.Idle, (await StatusOfAsync(mapping)).State);
        Assert.Empty(Router.Searches);
    }

    [Fact]
    public async Task A_mapping_that_no_probe_has_proven_is_reported_once_more()
    {
        Router.SpeaksNatPmp = true;
        await StartAsync(Auto with { ProbeDelay = TimeSpan.FromMilliseconds(50) });

        Probed("5.5.0.10", isReachable: false);

        Assert.Equal(Port, (await _link.ExpectMsgAsync<ReachableAt>()).Port);
        Assert.Equal(Port, (await _link.ExpectMsgAsync<ReachableAt>()).Port);
    }

    private async Task<IActorRef> StartAsync(PortMappingSettings? settings = null)
    {
        var mapping = Sys.ActorOf(PortMappingActor.Props(settings ?? Auto, Port, Peer, () => Router.RouterAddresses, _link.Ref));
        // The actor has subscribed by the time it sends its first reply.
        await StatusOfAsync(mapping);
        return mapping;
    }

    private void Probed(string address, bool isReachable) =>
        Sys.EventStream.Publish(new PortProbed(isReachable, new TrackerAddress(address, Port)));
}
