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
        Assert.False(_memory.IsFullFor(first, before: 0, bytes: 100));
        Assert.True(_memory.IsFullFor(first, before: 0, bytes: 101));
        Assert.False(_memory.IsFullFor(first, before: 200, bytes: 200));
        _memory.Leave(second, 900);
        Assert.False(_memory.IsFullFor(first, before: 0, bytes: 1_000));
    }

    [Fact]
    public void An_address_without_peers_is_forgotten()
    {
        var account = _memory.Join(Address, bytes: 500);
        _memory.Leave(account, 500);
        Assert.NotSame(account, _memory.Join(Address));
        Assert.Equal(0, account.Bytes);
    }

    [Fact]
    public void The_memory_of_another_trackers_peers_is_not_limited_here()
    {
        var account = _memory.Join(null);
        Assert.False(_memory.IsFullFor(account, before: 0, bytes: int.MaxValue));
    }
}
