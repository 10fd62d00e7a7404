using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class AdmissionSpecs
{
    private readonly Admission _admission = new(new TransportSettings { MaxConnections = 5, MaxConnectionsPerAddress = 2 });

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", "2001:db8:1:3::1")]
    [InlineData("192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2")]
    public void IPv6_addresses_are_counted_per_64_bit_prefix_and_IPv4_addresses_one_by_one(string first, string second, string other)
    {
        Assert.Null(Enter(first));
        Assert.Null(Enter(second));
        Assert.Contains("from your address", Enter(first), StringComparison.Ordinal);
        Assert.Null(Enter(other));
        _admission.Leave(IPAddress.Parse(second));
        Assert.Null(Enter(first));
        Assert.NotNull(Enter(second));
        Assert.Equal(3, _admission.Open);
    }

    [Fact]
    public void Refused_connections_are_not_counted()
    {
        for (var n = 1; n <= 5; n++)
            Assert.Null(Enter($"192.0.2.{n}"));
        Assert.Contains("too many", Enter("192.0.2.9"), StringComparison.Ordinal);
        _admission.Leave(IPAddress.Parse("192.0.2.1"));
        Assert.Null(Enter("192.0.2.9"));
    }

    private string? Enter(string address) => _admission.Enter(IPAddress.Parse(address));
}
