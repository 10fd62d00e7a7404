using System.Net;
using System.Net.NetworkInformation;
using Akka.Actor;
using TspActors.Peer.Reaching.Mapping;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks when the port mapper asks the router, and what it does with a mapping.</summary>
public sealed class PortMapperSpecs(ITestOutputHelper output) : PortMapperSpec(output)
{
    [Fact]
    public async Task A_port_is_mapped_via_NAT_PMP_and_released_at_the_end()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm);

        Assert.Equal("asking the router to forward a port", (await BecomesAsync(MappingState.Asking)).Text);
        var status = await BecomesAsync(MappingState.Mapped);
        Assert.Equal((Port, IPAddress.Parse("5.5.0.21"), "NAT-PMP"), (status.ExternalPort, status.ExternalAddress, status.How));
        Assert.Equal(status, await StatusOfAsync(mapper));
        Assert.Equal(new FakeMapping("127.0.0.1", Port, 7200), Router.Table[Port]);

        await ReleaseAsync(mapper);

        Assert.Empty(Router.Table);
        Assert.Equal(MappingState.Off, (await StatusOfAsync(mapper)).State);
    }

    [Fact]
    public async Task A_port_is_mapped_via_PCP_and_released_with_the_same_nonce()
    {
        Router.SpeaksPcp = true;
        var mapper = Start(Calm);

        Assert.Equal("PCP", (await BecomesAsync(MappingState.Mapped)).How);
        await ReleaseAsync(mapper);

        Assert.Empty(Router.Table);
        var nonces = Router.PmpPackets.Where(packet => packet[0] == 2).Select(packet => Convert.ToHexString(packet, 24, Pcp.NonceSize));
        Assert.Single(nonces.Distinct());
    }

    [Fact]
    public async Task A_port_is_mapped_via_UPnP_and_released_at_the_end()
    {
        Router.SpeaksUpnp = true;
        var mapper = Start(Calm);

        var status = await BecomesAsync(MappingState.Mapped);
        Assert.Equal((Port, IPAddress.Parse("5.5.0.21"), "UPnP"), (status.ExternalPort, status.ExternalAddress, status.How));
        Assert.Equal(new FakeMapping("127.0.0.1", Port, 7200), Router.Table[Port]);
        await ReleaseAsync(mapper);

        Assert.Empty(Router.Table);
    }

    [Fact]
    public async Task An_actor_that_stops_releases_the_mapping()
    {
        Router.SpeaksUpnp = true;
        var mapper = Start(Calm);
        await BecomesAsync(MappingState.Mapped);

        Sys.Stop(mapper);

        await EventuallyAsync(() => Assert.Empty(Router.Table));
    }

    [Fact]
    public async Task In_auto_mode_the_router_is_left_alone_until_a_mapping_is_wanted()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm with { Mode = PortMappingMode.Auto });

        mapper.Tell(new PortFound(true));
        Assert.Equal(MappingState.Idle, (await StatusOfAsync(mapper)).State);
        Assert.Empty(Router.PmpPackets);
        Assert.Empty(Router.Searches);
        mapper.Tell(MappingWanted.Instance);

        await BecomesAsync(MappingState.Mapped);
    }

    [Fact]
    public async Task In_auto_mode_a_failed_probe_is_enough()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm with { Mode = PortMappingMode.Auto });

        mapper.Tell(new PortFound(false));

        await BecomesAsync(MappingState.Mapped);
    }

    [Fact]
    public async Task In_off_mode_the_router_is_never_asked()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm with { Mode = PortMappingMode.Off });

        mapper.Tell(MappingWanted.Instance);
        mapper.Tell(new PortFound(false));

        Assert.Equal("port mapping is off", (await StatusOfAsync(mapper)).Text);
        await ReleaseAsync(mapper);
        Assert.Empty(Router.PmpPackets);
        Assert.Empty(Router.Searches);
    }

    [Fact]
    public void In_a_container_auto_means_off()
    {
        Assert.Equal(PortMappingMode.Off, new PortMappingSettings().Resolve(isInContainer: true).Mode);
        Assert.Equal(PortMappingMode.Auto, new PortMappingSettings().Resolve(isInContainer: false).Mode);
        Assert.Equal(PortMappingMode.On, Calm.Resolve(isInContainer: true).Mode);
    }

    [Fact]
    public async Task Without_a_gateway_the_attempt_fails()
    {
        Sys.ActorOf(PortMapperActor.Props(Calm, Port, Peer, () => null, TestActor));

        Assert.Contains("no default gateway", (await BecomesAsync(MappingState.Failed)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_attempt_is_repeated_later()
    {
        Start(Hasty with { RetryMin = TimeSpan.FromMilliseconds(1), RetryMax = TimeSpan.FromMilliseconds(1) });
        await BecomesAsync(MappingState.Failed);

        Router.SpeaksNatPmp = true;

        await BecomesAsync(MappingState.Mapped);
    }

    [Fact]
    public async Task A_port_that_became_reachable_in_another_way_needs_no_mapping()
    {
        var mapper = Start(Hasty with { Mode = PortMappingMode.Auto });
        mapper.Tell(MappingWanted.Instance);
        await BecomesAsync(MappingState.Failed);

        mapper.Tell(new PortFound(true));

        await BecomesAsync(MappingState.Idle);
    }

    [Fact]
    public async Task A_probe_through_a_mapping_whose_renewal_has_failed_does_not_end_the_attempts()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Hasty with { PmpTimeout = TimeSpan.FromSeconds(2), Mode = PortMappingMode.Auto });
        mapper.Tell(MappingWanted.Instance);
        await BecomesAsync(MappingState.Mapped);
        Router.SpeaksNatPmp = false;
        mapper.Tell(new PortFound(false));
        var failed = await BecomesAsync(MappingState.Failed);

        mapper.Tell(new PortFound(true));

        Assert.Equal(failed, await StatusOfAsync(mapper));
    }

    [Fact]
    public async Task A_machine_whose_addresses_cannot_be_watched_gets_a_mapping()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm, watchNetwork: _ => throw new NetworkInformationException());

        await BecomesAsync(MappingState.Mapped);
        await ReleaseAsync(mapper);

        Assert.Empty(Router.Table);
    }

    [Fact]
    public async Task The_port_that_the_router_grants_may_be_another_one_and_is_asked_for_again()
    {
        Router.SpeaksNatPmp = true;
        Router.PortToGrant = wanted => wanted == Port ? 40_000 : wanted;
        var mapper = Start(Calm);

        Assert.Equal(40_000, (await BecomesAsync(MappingState.Mapped)).ExternalPort);
        mapper.Tell(new PortFound(false));

        await EventuallyAsync(() => Assert.Equal(NatPmp.MapRequest(Port, 40_000, 7200), Router.MapPackets.Last()));
    }

    [Fact]
    public async Task A_mapping_is_renewed_halfway_through_its_lease()
    {
        Router.SpeaksNatPmp = true;
        Start(Calm with { Lease = TimeSpan.FromSeconds(2) });

        await EventuallyAsync(() => Assert.True(Router.MapPackets.Count() >= 2));
    }

    [Fact]
    public async Task A_router_that_lost_its_table_is_asked_again()
    {
        Router.SpeaksNatPmp = true;
        Start(Calm with { CheckInterval = TimeSpan.FromMilliseconds(20) });
        await BecomesAsync(MappingState.Mapped);

        Router.Restart();

        await EventuallyAsync(() => Assert.True(Router.Table.ContainsKey(Port)));
    }

    [Fact]
    public async Task A_PCP_router_that_lost_its_table_is_asked_again()
    {
        Router.SpeaksPcp = true;
        Start(Calm with { CheckInterval = TimeSpan.FromMilliseconds(20) });
        await BecomesAsync(MappingState.Mapped);

        Router.Restart();

        await EventuallyAsync(() => Assert.True(Router.Table.ContainsKey(Port)));
    }

    [Fact]
    public async Task A_UPnP_router_that_lost_its_table_is_asked_again()
    {
        Router.SpeaksUpnp = true;
        Start(WithoutPmp with { CheckInterval = TimeSpan.FromMilliseconds(20) });
        await BecomesAsync(MappingState.Mapped);

        Router.Restart();

        await EventuallyAsync(() => Assert.True(Router.Table.ContainsKey(Port)));
    }

    [Fact]
    public async Task A_renewal_fails_if_the_router_no_longer_replies()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Hasty with { PmpTimeout = TimeSpan.FromSeconds(2) });
        await BecomesAsync(MappingState.Mapped);

        Router.SpeaksNatPmp = false;
        mapper.Tell(new PortFound(false));

        Assert.Contains("NAT-PMP", (await BecomesAsync(MappingState.Failed)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_status_explains_that_the_router_is_behind_NAT_until_the_trackers_probe_succeeds()
    {
        Router.SpeaksNatPmp = true;
        Router.ExternalAddress = IPAddress.Parse("100.64.0.5");
        var mapper = Start(Calm);

        Assert.Contains(
            "your provider puts you behind its own NAT; others reach you via CALL or a relay", (await BecomesAsync(MappingState.Mapped)).Text,
            StringComparison.Ordinal);
        mapper.Tell(new PortFound(true));
        Assert.DoesNotContain("provider", (await BecomesAsync(MappingState.Mapped)).Text, StringComparison.Ordinal);
        Assert.True(Router.Table.ContainsKey(Port));
    }

    [Fact]
    public async Task A_mapping_of_a_router_behind_NAT_is_released_when_the_trackers_probe_fails()
    {
        Router.SpeaksNatPmp = true;
        Router.ExternalAddress = IPAddress.Parse("192.168.0.7");
        var mapper = Start(Calm);
        await BecomesAsync(MappingState.Mapped);

        mapper.Tell(new PortFound(false));

        Assert.Equal(
            "your provider puts you behind its own NAT; others reach you via CALL or a relay", (await BecomesAsync(MappingState.Failed)).Text);
        await EventuallyAsync(() => Assert.Empty(Router.Table));
    }

    [Fact]
    public async Task A_mapping_that_no_probe_has_proven_is_probed_once_more_when_a_failure_counts()
    {
        Router.SpeaksNatPmp = true;
        Router.ExternalAddress = IPAddress.Parse("192.168.0.7");
        var mapper = Start(Calm with { ProbeDelay = TimeSpan.FromMilliseconds(50) });
        await BecomesAsync(MappingState.Mapped);
        // The tracker answers the report of a new port immediately.
        mapper.Tell(new PortFound(false));

        await FishForMessageAsync<object>(message => message is ProbeWanted or MappingChanged { Status.State: MappingState.Failed });
        mapper.Tell(new PortFound(false));

        await EventuallyAsync(() => Assert.Empty(Router.Table));
    }

    [Fact]
    public async Task After_a_failed_renewal_the_same_port_is_requested()
    {
        Router.SpeaksUpnp = true;
        Router.AddError = (port, _) => port == Port ? 718 : 0;
        var mapper = Start(WithoutPmp with { RetryMin = TimeSpan.FromMilliseconds(1), RetryMax = TimeSpan.FromMilliseconds(1) });
        var granted = (await BecomesAsync(MappingState.Mapped)).ExternalPort;
        Assert.NotEqual(Port, granted);

        Router.AddError = (_, _) => 501;
        mapper.Tell(new PortFound(false));
        await BecomesAsync(MappingState.Failed);
        Router.AddError = (_, _) => 0;

        Assert.Equal(granted, (await BecomesAsync(MappingState.Mapped)).ExternalPort);
        Assert.Equal([granted], Router.Table.Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_permanent_mapping_to_a_former_address_of_this_machine_is_replaced(bool isAfterFailure)
    {
        Router.SpeaksUpnp = true;
        Router.AddError = (_, mapping) => mapping.LeaseSeconds == 0 ? 0 : 725;
        var soon = TimeSpan.FromMilliseconds(1);
        var mapper = Start(isAfterFailure ? WithoutPmp with { RetryMin = soon, RetryMax = soon } : WithoutPmp);
        await BecomesAsync(MappingState.Mapped);
        if (isAfterFailure)
        {
            Router.AddError = (_, _) => 501;
            mapper.Tell(new PortFound(false));
            await BecomesAsync(MappingState.Failed);
        }

        Local = FakeRouter.Elsewhere;
        Router.AddError = (_, _) => 0;
        if (!isAfterFailure)
            mapper.Tell(new PortFound(false));

        await EventuallyAsync(() => Assert.Equal(
            [(Port, $"{FakeRouter.Elsewhere}")], Router.Table.Select(entry => (entry.Key, entry.Value.Client))));
    }

    [Fact]
    public async Task A_mapping_of_somebody_else_at_a_router_with_the_same_address_is_left_alone()
    {
        Router.SpeaksUpnp = true;
        var mapper = Start(WithoutPmp);
        await BecomesAsync(MappingState.Mapped);

        var other = Router.Table[Port] = new FakeMapping("127.0.0.9", Port, 0);
        Local = FakeRouter.Elsewhere;
        mapper.Tell(new PortFound(false));

        await EventuallyAsync(() => Assert.Equal(2, Router.Table.Count));
        Assert.Equal(other, Router.Table[Port]);
    }

    [Fact]
    public async Task A_mapping_that_a_newer_one_replaces_is_released()
    {
        Router.SpeaksUpnp = true;
        var mapper = Start(WithoutPmp with { RetryMin = TimeSpan.FromMilliseconds(1), RetryMax = TimeSpan.FromMilliseconds(1) });
        await BecomesAsync(MappingState.Mapped);

        Router.AddError = (_, _) => 501;
        mapper.Tell(new PortFound(false));
        await BecomesAsync(MappingState.Failed);
        Router.PortToGrant = _ => 40_000;
        Router.SpeaksNatPmp = true;

        Assert.Equal(40_000, (await BecomesAsync(MappingState.Mapped)).ExternalPort);
        await EventuallyAsync(() => Assert.Equal([40_000], Router.Table.Keys));
    }

    [Fact]
    public async Task Probes_that_alternate_do_not_end_the_pause_after_a_failed_attempt()
    {
        var mapper = Start(Hasty with { Mode = PortMappingMode.Auto });
        mapper.Tell(MappingWanted.Instance);
        var failed = await BecomesAsync(MappingState.Failed);
        var searches = Router.Searches.Count;

        mapper.Tell(new PortFound(true));
        await BecomesAsync(MappingState.Idle);
        mapper.Tell(new PortFound(false));

        Assert.Equal(failed, await StatusOfAsync(mapper));
        Assert.Equal(searches, Router.Searches.Count);
    }

    [Fact]
    public async Task A_probe_that_may_be_older_than_the_mapping_is_ignored()
    {
        Router.SpeaksNatPmp = true;
        var mapper = Start(Calm with { ProbeDelay = Never });
        await BecomesAsync(MappingState.Mapped);
        var asked = Router.PmpPackets.Count;

        mapper.Tell(new PortFound(false));

        Assert.Equal(MappingState.Mapped, (await StatusOfAsync(mapper)).State);
        Assert.Equal(asked, Router.PmpPackets.Count);
    }
}
