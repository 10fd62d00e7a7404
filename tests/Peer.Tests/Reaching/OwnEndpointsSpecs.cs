using System.Net;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks which endpoints of this machine a tracker learns.</summary>
public sealed class OwnEndpointsSpecs
{
    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("203.0.113.5")]
    [InlineData("::1")]
    public void A_peer_that_is_bound_to_an_address_that_is_not_private_has_no_local_endpoint(string address) =>
        Assert.Empty(OwnEndpoints.Of(new IPEndPoint(IPAddress.Parse(address), 7071)));

    [Fact]
    public void A_peer_that_is_bound_to_a_private_address_has_that_endpoint() =>
        Assert.Equal(["192.168.1.5:7071"], OwnEndpoints.Of(new IPEndPoint(IPAddress.Parse("192.168.1.5"), 7071)));

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("::")]
    public void A_peer_that_is_bound_to_all_addresses_has_this_machines_private_ones(string address)
    {
        var endpoints = OwnEndpoints.Of(new IPEndPoint(IPAddress.Parse(address), 7071));

        Assert.InRange(endpoints.Count, 0, LocalEndpoint.Most);
        Assert.All(endpoints, endpoint => Assert.Equal(7071, LocalEndpoint.Parse(endpoint)?.Port));
    }
}
