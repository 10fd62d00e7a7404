using Google.Protobuf;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Reaching;

public sealed class RelayRouteSpecs
{
    private readonly Host _secure = new() { Name = "ann", PeerId = Id(), Secure = true };
    private readonly Host _plain = new() { Name = "bob", PeerId = Id() };

    [Fact]
    public void A_relay_comes_after_all_other_ways_to_all_hosts()
    {
        var routes = Routes(usesRelays: true, Relayable(_secure), Relayable(_plain));
        Assert.Equal(
            ["ann: direct", "bob: direct", "ann: through a relay"], routes.Select(route => $"{route.Host.Name}: {route.Way.Text}"));
    }

    [Fact]
    public void A_host_without_TLS_is_not_asked_through_a_relay() =>
        Assert.DoesNotContain(Routes(usesRelays: true, Relayable(_plain)), route => route.Way is HostWay.Relayed);

    [Fact]
    public void A_peer_that_uses_no_relays_ignores_them() =>
        Assert.DoesNotContain(Routes(usesRelays: false, Relayable(_secure)), route => route.Way is HostWay.Relayed);

    [Fact]
    public void Without_a_relay_at_the_tracker_no_route_uses_one() =>
        Assert.DoesNotContain(Routes(usesRelays: true, new HostReach { PeerId = _secure.PeerId }), route => route.Way is HostWay.Relayed);

    private IReadOnlyList<HostRoute> Routes(bool usesRelays, params HostReach[] reach) =>
        HostRoutes.Of(new Song { Id = 1, Hosts = { _secure, _plain } }, reach, canBeCalled: true, usesRelays);

    private static HostReach Relayable(Host host) => new() { PeerId = host.PeerId, Relayable = true };

    private static ByteString Id() => ByteString.CopyFrom(PeerId.NewRandom().ToArray());
}
