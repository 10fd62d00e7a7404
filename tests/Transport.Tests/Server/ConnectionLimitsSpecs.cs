using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class ConnectionLimitsSpecs
{
    private readonly ConnectionLimits _limits = new(new TransportSettings { MaxConnections = 5, MaxConnectionsPerAddress = 2 });

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2")]
    public void IPv6_addresses_are_counted_per_64_bit_prefix_and_IPv4_addresses_individually(string first, string second, string other)
    {
        Assert.Null(Enter(first));
        Assert.Null(Enter(second));
        Assert.Contains("from your address", Enter(first), StringComparison.Ordinal);
        Assert.Null(Enter(other));
        _limits.Leave(IPAddress.Parse(second));
        Assert.Null(Enter(first));
        Assert.NotNull(Enter(second));
        Assert.Equal(3, _limits.OpenCount);
    }

    [Fact]
    public void Refused_connections_are_not_counted()
    {
        for (var n = 1; n <= 5; n++)
            Assert.Null(Enter($"192.0.2.{n}"));
        Assert.Contains("too many", Enter("192.0.2.9"), StringComparison.Ordinal);
        _limits.Leave(IPAddress.Parse("192.0.2.1"));
        Assert.Null(Enter("192.0.2.9"));
    }

    [Theory]
    [InlineData("2001:db8:1:200::1", "2001:db8:1:2ff::1", "2001:db8:1:2ab::1", "2001:db8:1:300::1")]
    [InlineData("192.0.2.1", "192.0.2.255", "192.0.2.77", "192.0.3.1")]
    public void A_subnet_has_its_own_limit(string first, string second, string third, string other)
    {
        var limits = new ConnectionLimits(new TransportSettings
        {
            MaxConnectionsPerAddress = 1,
            MaxConnectionsPerSubnet = 2,
            MaxConnectionsPerSite = 100,
        });
        Assert.Null(limits.Enter(IPAddress.Parse(first)));
        Assert.Null(limits.Enter(IPAddress.Parse(second)));
        Assert.Contains("from your network", limits.Enter(IPAddress.Parse(third)), StringComparison.Ordinal);
        Assert.Null(limits.Enter(IPAddress.Parse(other)));
        limits.Leave(IPAddress.Parse(first));
        Assert.Null(limits.Enter(IPAddress.Parse(third)));
    }

    [Fact]
    public void An_IPv6_site_has_its_own_limit()
    {
        var limits = new ConnectionLimits(new TransportSettings
        {
            MaxConnectionsPerAddress = 1,
            MaxConnectionsPerSubnet = 1,
            MaxConnectionsPerSite = 3,
        });
        for (var n = 1; n <= 3; n++)
            Assert.Null(limits.Enter(IPAddress.Parse($"2001:db8:1:{n}00::1")));
        Assert.Contains("from your network", limits.Enter(IPAddress.Parse("2001:db8:1:400::1")), StringComparison.Ordinal);
        Assert.Null(limits.Enter(IPAddress.Parse("2001:db8:2:100::1")));
    }

    [Fact]
    public void The_limit_of_a_network_is_never_below_the_limit_of_one_address()
    {
        var limits = new ConnectionLimits(new TransportSettings
        {
            MaxConnectionsPerAddress = 5,
            MaxConnectionsPerSubnet = 2,
            MaxConnectionsPerSite = 1,
        });
        for (var n = 1; n <= 5; n++)
            Assert.Null(limits.Enter(IPAddress.Parse("2001:db8::1")));
        Assert.NotNull(limits.Enter(IPAddress.Parse("2001:db8::1")));
    }

    [Fact]
    public void The_smallest_full_address_group_is_the_one_that_must_make_room()
    {
        for (var n = 1; n <= 4; n++)
            Assert.Null(Enter($"192.0.2.{n}"));
        Assert.Null(FindFull("192.0.2.9"));
        Assert.Null(Enter("192.0.2.1"));
        Assert.Equal(AddressGroup.Everyone, FindFull("192.0.2.9"));
        Assert.Equal(new AddressGroup(IPAddress.Parse("192.0.2.1"), 32), FindFull("192.0.2.1"));
    }

    private string? Enter(string address) => _limits.Enter(IPAddress.Parse(address));

    private AddressGroup? FindFull(string address) => _limits.FindFull(IPAddress.Parse(address));
}
