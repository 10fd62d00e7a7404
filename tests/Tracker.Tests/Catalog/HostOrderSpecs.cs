using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class HostOrderSpecs
{
    [Fact]
    public void The_least_loaded_host_comes_first_and_full_ones_last() => Assert.Equal(
        [3, 2, 1, 4],
        Order((1, Load(3, 4)), (2, Load(1, 4)), (3, Load(0, 4)), (4, Load(4, 4))));

    [Fact]
    public void Load_is_measured_relative_to_the_limit() => Assert.Equal([2, 1], Order((1, Load(2, 4)), (2, Load(3, 100))));

    [Fact]
    public void Hosts_without_limits_are_ordered_by_their_streams() =>
        Assert.Equal([3, 2, 1], Order((1, Load(9, 0)), (2, Load(5, 0)), (3, null)));

    [Fact]
    public void A_host_with_more_streams_than_its_limit_is_full() => Assert.Equal([2, 1], Order((1, Load(5, 4)), (2, Load(99, 100))));

    [Fact]
    public void Hosts_with_equal_load_are_in_random_order()
    {
        var firsts = Enumerable.Range(0, 200).Select(_ => Order((1, null), (2, Load(0, 4)), (3, Load(0, 0)))[0]).Distinct();
        Assert.Equal([1, 2, 3], firsts.Order());
    }

    [Fact]
    public void A_hundred_hosts_in_one_network_cannot_push_a_host_in_another_out_of_the_first_three()
    {
        for (var round = 0; round < 100; round++)
        {
            // The honest host is the newest, so that the places reserved for the oldest hosts do not help it.
            var hosts = Enumerable.Range(1, 100).Select(number => HostAt(number, $"198.51.100.{number}")).Append(HostAt(101, "203.0.113.9"));
            var grant = HostOrder.ForGrant([.. hosts], 32);

            Assert.Equal(32, grant.Count);
            Assert.Contains(Samples.Peer(101), grant.Take(3).Select(entry => entry.Host.Id));
        }
    }

    [Fact]
    public void A_hundred_hosts_in_a_hundred_networks_cannot_push_the_oldest_host_out_of_the_first_two()
    {
        var hosts = Enumerable.Range(1, 101).Select(number => HostAt(number, $"198.51.{number}.7")).ToList();
        for (var round = 0; round < 100; round++)
        {
            var grant = HostOrder.ForGrant(hosts, 32).Select(entry => entry.Host.Id).ToList();

            Assert.Contains(Samples.Peer(1), grant.Take(2));
            Assert.All(Enumerable.Range(1, 8), number => Assert.Contains(Samples.Peer(number), grant));
            Assert.Equal(32, grant.Distinct().Count());
        }
    }

    [Theory]
    [InlineData(4)]
    [InlineData(8)]
    [InlineData(9)]
    public void Idle_hosts_cannot_push_the_oldest_host_out_of_the_first_two_although_it_has_more_load(int count)
    {
        var oldest = (HostAt(1, "198.51.1.7").Host, (HostLoad?)Load(3, 4));
        var hosts = Enumerable.Range(2, count - 1).Select(number => HostAt(number, $"198.51.{number}.7")).Prepend(oldest).ToList();

        var grant = HostOrder.ForGrant(hosts, 32).Select(entry => entry.Host.Id).ToList();

        Assert.Equal(Samples.Peer(1), grant[1]);
        Assert.Equal(count, grant.Distinct().Count());
    }

    [Theory]
    [InlineData("2001:db8:1:2::1", "2001:db8:1:ffff::9", true)]
    [InlineData("2001:db8:1::1", "2001:db8:2::1", false)]
    [InlineData("198.51.100.1", "198.51.100.200", true)]
    [InlineData("198.51.100.1", "::ffff:198.51.100.3", true)]
    [InlineData("198.51.100.1", "198.51.101.1", false)]
    [InlineData("a.example", "b.example", false)]
    public void A_network_is_the_first_24_bits_of_an_IPv4_address_or_48_of_an_IPv6_address(string one, string other, bool isSame) =>
        Assert.Equal(isSame, HostNetwork.From(null, one) == HostNetwork.From(null, other));

    [Fact]
    public void The_address_that_the_tracker_sees_takes_precedence_over_the_advertised_one() => Assert.Equal(
        HostNetwork.From(System.Net.IPAddress.Parse("198.51.100.1"), "a.example"),
        HostNetwork.From(System.Net.IPAddress.Parse("198.51.100.2"), "b.example"));

    [Fact]
    public void A_full_host_comes_last_even_if_it_is_the_only_one_in_its_network()
    {
        var full = (HostAt(9, "203.0.113.9").Host, (HostLoad?)Load(4, 4));
        var grant = HostOrder.ForGrant([full, .. Enumerable.Range(1, 5).Select(number => HostAt(number, $"198.51.100.{number}"))], 32);
        Assert.Equal(Samples.Peer(9), grant[^1].Host.Id);
    }

    private static (CatalogHost Host, HostLoad? Load) HostAt(int number, string address) =>
        (new CatalogHost(Samples.Peer(number), $"peer {number}", address, 7071), null);

    private static HostLoad Load(uint active, uint max) => new() { ActiveStreams = active, MaxStreams = max };

    private static int[] Order(params (int Host, HostLoad? Load)[] hosts)
    {
        var byId = hosts.ToDictionary(host => Samples.Peer(host.Host), host => host.Host);
        return HostOrder.BestFirst(
            hosts.Select(host => (Samples.Host(host.Host), host.Load))).Select(entry => byId[entry.Host.Id]).ToArray();
    }
}
