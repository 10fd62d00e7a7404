using System.Net;

namespace TspActors.Transport.Tests;

/// <summary>Checks the forms of an address that limits and messages use.</summary>
public sealed class AddressSpecs
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1")]
    [InlineData("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::")]
    [InlineData("2001:db8:1:2::", "2001:db8:1:2::")]
    [InlineData("fe80::1%3", "fe80::")]
    [InlineData("::1", "::")]
    public void An_IPv6_address_counts_as_its_64_bit_network(string address, string counted) =>
        Assert.Equal(IPAddress.Parse(counted), CountedAddress.From(IPAddress.Parse(address)));

    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1/32 192.0.2.0/24")]
    [InlineData("::ffff:192.0.2.1", "192.0.2.1/32 192.0.2.0/24")]
    [InlineData("2001:db8:1:2ff:3:4:5:6", "2001:db8:1:2ff::/64 2001:db8:1:200::/56 2001:db8:1::/48")]
    [InlineData("fe80::1%3", "fe80::/64 fe80::/56 fe80::/48")]
    public void The_networks_around_an_address_are_those_of_a_household_and_a_site(string address, string networks) =>
        Assert.Equal(
            networks.Split(' '), AddressGroup.Around(IPAddress.Parse(address)).Select(network => $"{network.Prefix}/{network.Bits}"));

    [Theory]
    [InlineData("[::ffff:192.0.2.1]:7070", "192.0.2.1:7070")]
    [InlineData("[2001:db8::5]:7070", "[2001:db8::5]:7070")]
    [InlineData("[fe80::1%3]:7070", "[fe80::1%3]:7070")]
    [InlineData("192.0.2.1:7070", "192.0.2.1:7070")]
    public void An_address_that_a_dual_stack_socket_maps_into_IPv6_is_shown_as_IPv4(string reported, string shown) =>
        Assert.Equal(shown, $"{IPEndPoint.Parse(reported).Unmapped()}");
}
