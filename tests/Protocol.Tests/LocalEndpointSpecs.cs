using System.Net;

namespace TspActors.Protocol.Tests;

/// <summary>Checks which endpoints of a peer's own network count, and the tokens of calls.</summary>
public sealed class LocalEndpointSpecs
{
    [Theory]
    [InlineData("10.0.0.1:7071", true)]
    [InlineData("172.16.0.1:1", true)]
    [InlineData("172.31.255.255:65535", true)]
    [InlineData("192.168.1.5:7071", true)]
    [InlineData("[fd00::5]:7071", true)]
    [InlineData("172.32.0.1:7071", false)]
    [InlineData("192.169.1.5:7071", false)]
    [InlineData("169.254.1.1:7071", false)]
    [InlineData("127.0.0.1:7071", false)]
    [InlineData("100.64.0.1:7071", false)]
    [InlineData("203.0.113.5:7071", false)]
    [InlineData("[fe80::1]:7071", false)]
    [InlineData("[::1]:7071", false)]
    [InlineData("[2001:db8::1]:7071", false)]
    [InlineData("192.168.1.5", false)]
    [InlineData("192.168.1.5:0", false)]
    [InlineData("192.168.1.5:65536", false)]
    [InlineData("attic.local:7071", false)]
    [InlineData("", false)]
    public void Only_a_private_address_with_a_port_is_a_local_endpoint(string text, bool isLocal) =>
        Assert.Equal(isLocal, LocalEndpoint.Parse(text) is not null);

    [Fact]
    public void Of_the_endpoints_that_a_peer_names_at_most_4_different_valid_ones_count() => Assert.Equal(
        ["10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.1:4"],
        LocalEndpoint.Filter(["10.0.0.1:1", "8.8.8.8:1", "10.0.0.1:1", "10.0.0.1:2", "10.0.0.1:3", "10.0.0.1:4", "10.0.0.1:5"]));

    [Fact]
    public void An_address_that_is_mapped_into_IPv6_counts_like_the_address_itself()
    {
        Assert.True(LocalEndpoint.IsPrivate(IPAddress.Parse("::ffff:192.168.1.5")));
        Assert.False(LocalEndpoint.IsPrivate(IPAddress.Parse("::ffff:8.8.8.8")));
    }

    [Fact]
    public void A_token_and_a_ticket_survive_a_round_trip_and_have_one_size()
    {
        var (token, ticket) = (CallToken.NewRandom(), RelayTicket.NewRandom());

        Assert.Equal(token, new CallToken(token.ToArray()));
        Assert.Equal(ticket, new RelayTicket(ticket.ToArray()));
        Assert.NotEqual(token, CallToken.NewRandom());
        Assert.Throws<ArgumentException>(() => new CallToken(new byte[15]));
        Assert.Throws<ArgumentException>(() => new RelayTicket(new byte[33]));
    }
}
