using TspActors.Peer.Reaching.Mapping;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks which step follows each reply of a router.</summary>
public sealed class MappingPlanSpecs
{
    private static readonly PeerId Peer = new([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16]);

    private readonly MappingPlan _plan = new(Peer, 7071, TimeSpan.FromHours(2));

    [Fact]
    public void The_first_step_asks_for_the_port_itself_with_the_lease() => Assert.Equal(new AddMapping(7071, 7200), _plan.First);

    [Fact]
    public void A_granted_step_is_kept() => Assert.Equal(new KeepMapping(7071), _plan.AfterGrant());

    [Fact]
    public void After_725_the_mapping_has_no_lease()
    {
        Assert.Equal(new AddMapping(7071, 0), _plan.AfterError(725));
        Assert.IsType<GiveUp>(_plan.AfterError(725));
    }

    [Theory]
    [InlineData(606)]
    [InlineData(501)]
    [InlineData(402)]
    public void After_a_refusal_that_may_concern_the_lease_a_week_and_then_no_lease_are_tried(int code)
    {
        Assert.Equal(new AddMapping(7071, 604_800), _plan.AfterError(code));
        Assert.Equal(new AddMapping(7071, 0), _plan.AfterError(code));
        Assert.Contains($"{code}", Assert.IsType<GiveUp>(_plan.AfterError(code)).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void After_728_the_router_is_left_alone_for_an_hour() =>
        Assert.Equal(TimeSpan.FromHours(1), Assert.IsType<GiveUp>(_plan.AfterError(728)).Pause);

    [Fact]
    public void After_718_the_existing_mapping_is_kept_if_it_leads_to_this_peer()
    {
        Assert.Equal(new CheckMapping(7071), _plan.AfterError(718));
        Assert.Equal(new KeepMapping(7071), _plan.AfterCheck(isOurs: true));
    }

    [Fact]
    public void Ten_other_ports_are_tried_if_the_port_leads_elsewhere()
    {
        var tried = new List<int>();
        for (var step = _plan.AfterError(718); step is not GiveUp; step = _plan.AfterCheck(isOurs: false))
        {
            if (step is not AddMapping add)
                continue;
            Assert.Equal(7200u, add.LeaseSeconds);
            Assert.Equal(new CheckMapping(add.ExternalPort), _plan.AfterError(718));
            tried.Add(add.ExternalPort);
        }

        Assert.Equal(MappingPlan.PortsOf(Peer).Distinct().Take(10), tried);
        Assert.All(tried, port => Assert.InRange(port, 20_000, 60_000));
    }

    [Fact]
    public void The_lease_that_the_router_accepts_is_kept_for_the_other_ports()
    {
        _plan.AfterError(725);
        _plan.AfterError(718);

        Assert.Equal(0u, Assert.IsType<AddMapping>(_plan.AfterCheck(isOurs: false)).LeaseSeconds);
    }

    [Fact]
    public void Different_peers_try_different_ports() =>
        Assert.NotEqual(MappingPlan.PortsOf(Peer), MappingPlan.PortsOf(new PeerId(new byte[16])));

    [Fact]
    public void An_unknown_error_ends_the_attempt() => Assert.IsType<GiveUp>(_plan.AfterError(714));

    [Fact]
    public void A_port_that_NAT_PMP_granted_is_kept_even_if_it_is_not_the_requested_one() => Assert.Equal(
        new KeepMapping(40_000),
        MappingPlan.AfterPmp(new NatPmpReply(NatPmpResult.Success, 1) { ExternalPort = 40_000, LifetimeSeconds = 60 }));

    [Fact]
    public void A_router_with_another_version_is_asked_via_PCP() =>
        Assert.IsType<AskByPcp>(MappingPlan.AfterPmp(new NatPmpReply(NatPmpResult.UnsupportedVersion, 0)));

    [Theory]
    [InlineData(NatPmpResult.Success)]
    [InlineData(NatPmpResult.Refused)]
    [InlineData(NatPmpResult.NetworkFailure)]
    [InlineData(NatPmpResult.OutOfResources)]
    [InlineData(NatPmpResult.UnsupportedOperation)]
    public void Without_a_granted_port_NAT_PMP_is_given_up(object result) =>
        Assert.IsType<GiveUp>(MappingPlan.AfterPmp(new NatPmpReply((NatPmpResult)result, 1)));

    [Fact]
    public void Without_a_granted_port_PCP_is_given_up()
    {
        Assert.Equal(new KeepMapping(40_000), MappingPlan.AfterPcp(new PcpReply(0, 60, 1) { ExternalPort = 40_000 }));
        Assert.IsType<GiveUp>(MappingPlan.AfterPcp(new PcpReply(0, 60, 1)));
        Assert.IsType<GiveUp>(MappingPlan.AfterPcp(new PcpReply(2, 60, 1)));
    }
}
