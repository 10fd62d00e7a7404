using System.Net;
using TspActors.Peer.Reaching;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks what addresses reveal about the network between a peer and its tracker.</summary>
public sealed class AddressComparisonSpecs
{
    [Theory]
    [InlineData("", "192.168.1.7", "Unknown")]
    [InlineData("203.0.113.5", "127.0.0.1 203.0.113.5", "None")]
    [InlineData("::ffff:203.0.113.5", "203.0.113.5", "None")]
    [InlineData("2001:db8::5", "::1 fe80::1%2 2001:db8::5", "None")]
    [InlineData("203.0.113.5", "127.0.0.1 192.168.1.7", "Router")]
    [InlineData("2001:db8::5", "fd00::7", "Router")]
    [InlineData("203.0.113.5", "192.168.1.7 100.64.3.4", "Provider")]
    [InlineData("203.0.113.5", "100.127.255.254", "Provider")]
    [InlineData("203.0.113.5", "100.128.0.1", "Router")]
    [InlineData("100.64.3.4", "192.168.1.7", "Provider")]
    [InlineData("192.168.1.7", "192.168.1.7", "SameNetwork")]
    [InlineData("10.0.0.3", "192.168.1.7", "SameNetwork")]
    [InlineData("127.0.0.1", "192.168.1.7", "SameNetwork")]
    [InlineData("::1", "192.168.1.7", "SameNetwork")]
    [InlineData("fe80::1%2", "fe80::1%3", "SameNetwork")]
    [InlineData("169.254.1.1", "192.168.1.7", "SameNetwork")]
    [InlineData("fd00::7", "fd00::7", "SameNetwork")]
    public void The_address_that_the_tracker_sees_is_compared_with_those_of_this_machine(string observed, string own, string expected)
    {
        var seen = observed.Length == 0 ? null : IPAddress.Parse(observed);

        var found = AddressComparison.Compare(seen, [.. own.Split(' ').Select(IPAddress.Parse)]);

        Assert.Equal(expected, $"{found}");
    }

    [Fact]
    public void The_addresses_of_this_machine_can_be_read() => Assert.Contains(OwnAddresses.Read(), IPAddress.IsLoopback);
}
