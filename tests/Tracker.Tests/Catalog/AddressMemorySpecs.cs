using System.Net;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class AddressMemorySpecs
{
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");

    private readonly AddressMemory _memory = new((2 * CatalogMemory.OfPeer) + 1_000);

    [Fact]
    public void Peers_at_one_address_share_its_memory_limit()
    {
        var first = _memory.Join(Address);
        var second = _memory.Join(Address, bytes: 900);
        Assert.Same(first, second);
        Assert.Null(AddressMemory.Refusal(first, before: 0, bytes: 100));
        Assert.Contains("of one address", AddressMemory.Refusal(first, before: 0, bytes: 101), StringComparison.Ordinal);
        Assert.Null(AddressMemory.Refusal(first, before: 200, bytes: 200));
        _memory.Leave(second, 900);
        Assert.Null(AddressMemory.Refusal(first, before: 0, bytes: 1_000));
    }

    [Theory]
    [InlineData(2, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.1")]
    [InlineData(2, "2001:db8:0:101::", "2001:db8:0:102::", "2001:db8:0:103::", "2001:db8:0:201::")]
    [InlineData(4, "2001:db8:0:100::", "2001:db8:0:200::", "2001:db8:0:300::", "2001:db8:0:400::", "2001:db8:0:500::", "2001:db8:1:100::")]
    public void A_network_may_use_twice_the_memory_of_an_address_and_a_48_bit_prefix_four_times(int times, params string[] addresses)
    {
        var full = (2 * CatalogMemory.OfPeer) + 1_000 - CatalogMemory.OfPeer;
        foreach (var address in addresses[..times])
            Assert.Null(AddressMemory.Refusal(_memory.Join(IPAddress.Parse(address), bytes: full), before: 100, bytes: 100));
        var inside = _memory.Join(IPAddress.Parse(addresses[^2]));
        Assert.Contains("of one network", AddressMemory.Refusal(inside, before: 0, bytes: 1), StringComparison.Ordinal);
        Assert.Null(AddressMemory.Refusal(_memory.Join(IPAddress.Parse(addresses[^1])), before: 0, bytes: 1));
    }

    [Fact]
    public void An_address_without_peers_is_forgotten()
    {
        var account = _memory.Join(Address, bytes: 500);
        _memory.Leave(account, 500);
        var again = _memory.Join(Address);
        Assert.NotSame(account, again);
        Assert.NotSame(account.Network, again.Network);
        Assert.Equal((0, 0), (account.Bytes, account.Network!.Bytes));
    }

    [Fact]
    public void The_memory_of_another_trackers_peers_is_not_limited_here()
    {
        var account = _memory.Join(null);
        Assert.Null(AddressMemory.Refusal(account, before: 0, bytes: int.MaxValue));
    }
}
