using System.Net;
using TspActors.Transport.Connections;

namespace TspActors.Transport.Tests.Connections;

/// <summary>Checks the order in which the addresses of a name are tried.</summary>
public sealed class AddressOrderSpecs
{
    [Theory]
    [InlineData("192.0.2.1", "192.0.2.1")]
    [InlineData("192.0.2.1 2001:db8::1", "2001:db8::1 192.0.2.1")]
    [InlineData("192.0.2.1 192.0.2.2 2001:db8::1 2001:db8::2", "2001:db8::1 192.0.2.1 2001:db8::2 192.0.2.2")]
    [InlineData("2001:db8::2 2001:db8::1 2001:db8::3 192.0.2.1", "2001:db8::2 192.0.2.1 2001:db8::1 2001:db8::3")]
    [InlineData("::ffff:192.0.2.1 192.0.2.1 2001:db8::1 2001:db8::1", "2001:db8::1 192.0.2.1")]
    [InlineData("fe80::1%2 fe80::1%3 192.0.2.1", "fe80::1%2 192.0.2.1 fe80::1%3")]
    public void The_families_alternate_and_IPv6_comes_first(string given, string ordered) =>
        Assert.Equal(Parse(ordered), AddressOrder.Interleave(Parse(given)));

    [Fact]
    public void A_name_without_addresses_yields_none() => Assert.Empty(AddressOrder.Interleave([]));

    [Fact]
    public void The_number_of_addresses_is_bounded_and_neither_family_is_left_out()
    {
        var six = Enumerable.Range(1, 20).Select(last => IPAddress.Parse($"2001:db8::{last:x}"));
        var four = Enumerable.Range(1, 20).Select(last => IPAddress.Parse($"192.0.2.{last}"));

        var ordered = AddressOrder.Interleave(six.Concat(four));

        Assert.Equal(AddressOrder.Most, ordered.Count);
        Assert.Equal(ordered.Count / 2, ordered.Count(address => address.GetAddressBytes().Length == 4));
    }

    private static IPAddress[] Parse(string addresses) => [.. addresses.Split(' ').Select(IPAddress.Parse)];
}
