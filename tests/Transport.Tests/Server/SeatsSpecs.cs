using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

/// <summary>Checks which connection gives up its seat, that is, its place among the limited number of connections.</summary>
public sealed class SeatsSpecs
{
    private readonly Seats<string> _seats = new();

    [Fact]
    public void The_oldest_unused_connection_gives_way_first()
    {
        Add("first", "192.0.2.1");
        Add("second", "192.0.2.2");
        Add("third", "198.51.100.1");
        _seats.Remove("second");

        Assert.Equal(["first", "third"], Drain(AddressGroup.Everyone));
    }

    [Fact]
    public void A_connection_that_becomes_unused_again_counts_as_the_newest()
    {
        Add("first", "192.0.2.1");
        Add("second", "192.0.2.2");
        Add("first", "192.0.2.1");
        _seats.Remove("first");
        Add("first", "192.0.2.1");

        Assert.Equal(["second", "first"], Drain(AddressGroup.Everyone));
    }

    [Fact]
    public void In_a_full_network_only_its_own_connections_give_way()
    {
        Add("other network", "198.51.100.1");
        Add("first", "192.0.2.1");
        Add("second", "192.0.2.2");
        Add("third", "192.0.2.1");

        Assert.Equal(["first", "third"], Drain(new AddressGroup(IPAddress.Parse("192.0.2.1"), 32)));
        Assert.Equal(["second"], Drain(new AddressGroup(IPAddress.Parse("192.0.2.0"), 24)));
        Assert.Equal(["other network"], Drain(AddressGroup.Everyone));
    }

    private void Add(string connection, string address) => _seats.Add(connection, IPAddress.Parse(address));

    private IEnumerable<string> Drain(AddressGroup group)
    {
        while (_seats.TryRemoveOldest(group, out var oldest))
            yield return oldest;
    }
}
