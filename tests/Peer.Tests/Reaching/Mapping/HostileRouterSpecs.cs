using System.Net.Sockets;
using TspActors.Peer.Reaching.Mapping;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks the port mapper with routers that refuse, disagree or lie.</summary>
public sealed class HostileRouterSpecs(ITestOutputHelper output) : PortMapperSpec(output)
{
    [Fact]
    public async Task A_permanent_mapping_of_a_router_that_grants_no_other_is_deleted_at_the_end()
    {
        Router.SpeaksUpnp = true;
        Router.AddError = (_, mapping) => mapping.LeaseSeconds == 0 ? 0 : 725;
        var mapper = Start(Calm);

        await BecomesAsync(MappingState.Mapped);
        Assert.Equal(new FakeMapping("127.0.0.1", Port, 0), Router.Table[Port]);
        await ReleaseAsync(mapper);

        Assert.Empty(Router.Table);
    }

    [Fact]
    public async Task A_port_that_another_machine_uses_is_left_to_it()
    {
        var foreign = new FakeMapping("192.168.1.77", Port, 0);
        Router.SpeaksUpnp = true;
        Router.Table[Port] = foreign;
        var mapper = Start(Calm);

        var status = await BecomesAsync(MappingState.Mapped);
        Assert.Equal(MappingPlan.PortsOf(Peer).First(), status.ExternalPort);
        await ReleaseAsync(mapper);

        Assert.Equal([(Port, foreign)], Router.Table.Select(entry => (entry.Key, entry.Value)));
    }

    [Fact]
    public async Task An_earlier_mapping_of_this_peer_is_not_a_conflict()
    {
        Router.SpeaksUpnp = true;
        Router.Table[Port] = new FakeMapping("127.0.0.1", Port, 0);
        Router.AddError = (_, _) => 718;
        Start(Calm);

        Assert.Equal(Port, (await BecomesAsync(MappingState.Mapped)).ExternalPort);
    }

    [Fact]
    public async Task A_router_that_refuses_with_606_is_asked_with_three_leases()
    {
        Router.SpeaksUpnp = true;
        Router.AddError = (_, _) => 606;
        Start(WithoutPmp);

        Assert.Contains("606", (await BecomesAsync(MappingState.Failed)).Text, StringComparison.Ordinal);
        Assert.Equal([(Port, 7200L), (Port, 604_800L), (Port, 0L)], Router.Added);
    }

    [Fact]
    public async Task A_refusal_via_NAT_PMP_is_explained()
    {
        Router.SpeaksNatPmp = true;
        Router.PmpResult = NatPmpResult.Refused;
        Start(Hasty with { PmpTimeout = TimeSpan.FromSeconds(30) });

        Assert.Contains(
            "the router does not allow port mappings via NAT-PMP", (await BecomesAsync(MappingState.Failed)).Text,
            StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_endless_description_is_not_read_to_its_end()
    {
        Router.SpeaksUpnp = true;
        Router.Padding = 10 * 1024 * 1024;
        Start(WithoutPmp);

        Assert.Contains("description", (await BecomesAsync(MappingState.Failed)).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_description_at_another_address_is_not_requested()
    {
        using var trap = OpenTrap();
        Router.SpeaksUpnp = true;
        Router.Location = $"http://{trap.LocalEndpoint}/root.xml";
        Start(Hasty);

        await BecomesAsync(MappingState.Failed);
        Assert.False(trap.Pending());
    }

    [Fact]
    public async Task A_service_at_another_address_is_not_asked()
    {
        using var trap = OpenTrap();
        Router.SpeaksUpnp = true;
        Router.Control = $"http://{trap.LocalEndpoint}/control";
        Start(WithoutPmp);

        await BecomesAsync(MappingState.Failed);
        Assert.False(trap.Pending());
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        using var trap = OpenTrap();
        Router.SpeaksUpnp = true;
        Router.Redirect = $"http://{trap.LocalEndpoint}/root.xml";
        Start(WithoutPmp);

        await BecomesAsync(MappingState.Failed);
        Assert.False(trap.Pending());
    }

    [Fact]
    public async Task Replies_that_do_not_come_from_the_router_are_ignored()
    {
        Router.SpeaksNatPmp = true;
        Router.SpeaksUpnp = true;
        Router.RepliesFromElsewhere = true;
        Start(Hasty);

        Assert.Equal(
            "the router does not reply to NAT-PMP; the router does not reply to UPnP", (await BecomesAsync(MappingState.Failed)).Text);
        Assert.NotEmpty(Router.PmpPackets);
        Assert.NotEmpty(Router.Searches);
        Assert.Empty(Router.Added);
    }
}
