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
    public void Load_counts_in_proportion_to_the_limit() => Assert.Equal([2, 1], Order((1, Load(2, 4)), (2, Load(3, 100))));

    [Fact]
    public void Hosts_without_limits_are_ordered_by_their_streams() =>
        Assert.Equal([3, 2, 1], Order((1, Load(9, 0)), (2, Load(5, 0)), (3, null)));

    [Fact]
    public void A_host_with_more_streams_than_its_limit_is_full() => Assert.Equal([2, 1], Order((1, Load(5, 4)), (2, Load(99, 100))));

    [Fact]
    public void Hosts_with_equal_load_take_turns()
    {
        var firsts = Enumerable.Range(0, 200).Select(_ => Order((1, null), (2, Load(0, 4)), (3, Load(0, 0)))[0]).Distinct();
        Assert.Equal([1, 2, 3], firsts.Order());
    }

    private static HostLoad Load(uint active, uint max) => new() { ActiveStreams = active, MaxStreams = max };

    private static int[] Order(params (int Host, HostLoad? Load)[] hosts)
    {
        var byId = hosts.ToDictionary(host => Samples.Peer(host.Host), host => host.Host);
        return HostOrder.BestFirst(
            hosts.Select(host => (Samples.Host(host.Host), host.Load))).Select(entry => byId[entry.Host.Id]).ToArray();
    }
}
