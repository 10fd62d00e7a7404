using System.Net;
using TspActors.Gateway.Security;

namespace TspActors.Gateway.Tests.Security;

public sealed class AddressSpecs
{
    [Theory]
    [InlineData("127.0.0.1", true)]
    [InlineData("::1", true)]
    [InlineData("10.1.2.3", true)]
    [InlineData("172.31.255.255", true)]
    [InlineData("172.32.0.1", false)]
    [InlineData("192.168.0.9", true)]
    [InlineData("100.64.0.1", true)]
    [InlineData("::ffff:192.168.0.9", true)]
    [InlineData("fd00::1", true)]
    [InlineData("fe80::1", true)]
    [InlineData("203.0.113.5", false)]
    [InlineData("2001:db8::1", false)]
    [InlineData("::ffff:203.0.113.5", false)]
    public void Addresses_of_private_networks_are_distinguished_from_those_of_the_Internet(string address, bool isPrivate) =>
        Assert.Equal(isPrivate, AddressBlock.IsPrivate(IPAddress.Parse(address)));

    [Theory]
    [InlineData("localhost", true)]
    [InlineData("LOCALHOST", true)]
    [InlineData("music.localhost", true)]
    [InlineData("127.0.0.1", true)]
    [InlineData("[::1]", true)]
    [InlineData("203.0.113.5", true)]
    [InlineData("music.example", true)]
    [InlineData("allowed.example", true)]
    [InlineData("evil.example", false)]
    [InlineData("localhost.evil.example", false)]
    [InlineData("127.0.0.1.evil.example", false)]
    [InlineData("xn--msic-0ra.example", true)]
    [InlineData("xn--mnchen-3ya.example", true)]
    [InlineData("", false)]
    public void Only_addresses_and_known_names_may_be_in_the_Host_header(string host, bool isAllowed) => Assert.Equal(
        isAllowed,
        new HostNames(new GatewaySettings { AllowedHosts = ["allowed.example", "münchen.example"], PublicUrl = "https://music.example" }).Allows(host)
            || new HostNames(new GatewaySettings { PublicUrl = "https://müsic.example" }).Allows(host));
}
