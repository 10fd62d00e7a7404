using System.Net;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class NewSongBudgetSpecs
{
    private static readonly CatalogLimits Limits =
        new() { SongsPerPeer = 5, NewSongsPerPeerHour = 4, NewSongsPerAddress = 15, NewSongsPerAddressHour = 4 };
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress There = IPAddress.Parse("192.0.2.2");

    private readonly ManualClock _time = new();
    private readonly NewSongBudget _budget;

    public NewSongBudgetSpecs() => _budget = new NewSongBudget(Limits, _time);

    [Fact]
    public void A_peer_may_share_its_full_limit_twice_and_then_a_fixed_number_of_new_songs_per_hour()
    {
        Assert.Equal(10, CountAccepted(1, Here, 20));
        _time.Pass(TimeSpan.FromMinutes(30));
        Assert.Equal(2, CountAccepted(1, Here, 20));
        _time.Pass(TimeSpan.FromDays(1));
        Assert.Equal(10, CountAccepted(1, Here, 20));
    }

    [Fact]
    public void Peers_at_one_address_share_its_budget_and_other_addresses_have_their_own()
    {
        Assert.Equal(10, CountAccepted(1, Here, 20));
        Assert.Equal(5, CountAccepted(2, Here, 20));
        Assert.Equal(0, CountAccepted(3, Here, 20));
        Assert.Equal(10, CountAccepted(4, There, 20));
    }

    [Theory]
    [InlineData(30, "192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.3.1")]
    [InlineData(30, "2001:db8:0:101::", "2001:db8:0:102::", "2001:db8:0:103::", "2001:db8:0:201::")]
    [InlineData(60, "2001:db8:0:100::", "2001:db8:0:200::", "2001:db8:0:300::", "2001:db8:0:400::", "2001:db8:0:500::", "2001:db8:1:100::")]
    public void A_network_may_add_twice_as_many_songs_as_an_address_and_a_48_bit_prefix_four_times(int allowed, params string[] addresses)
    {
        var accepted = 0;
        for (var n = 0; n < 4 * (addresses.Length - 1); n++)
            accepted += CountAccepted(n, IPAddress.Parse(addresses[n / 4]), 20);
        Assert.Equal(allowed, accepted);
        Assert.Contains("from one network", _budget.TryCount(Samples.Peer(99), IPAddress.Parse(addresses[^2])), StringComparison.Ordinal);
        Assert.Equal(10, CountAccepted(100, IPAddress.Parse(addresses[^1]), 20));
    }

    [Fact]
    public void A_peer_does_not_receive_a_new_budget_at_another_address()
    {
        Assert.Equal(10, CountAccepted(1, Here, 20));
        Assert.Equal(0, CountAccepted(1, There, 20));
    }

    [Fact]
    public void Refused_songs_do_not_use_up_the_budget_of_the_peers_address()
    {
        Assert.Equal(10, CountAccepted(1, Here, 1_000));
        Assert.Equal(5, CountAccepted(2, Here, 5));
    }

    [Fact]
    public void The_refusal_says_when_to_try_again()
    {
        CountAccepted(1, Here, 10);
        var refusal = _budget.TryCount(Samples.Peer(1), Here);
        Assert.Equal("this tracker accepts at most 4 new songs an hour from one peer; try again in 15 min", refusal);
        _time.Pass(TimeSpan.FromMinutes(15));
        Assert.Equal(1, CountAccepted(1, Here, 5));
    }

    [Fact]
    public void Zero_per_hour_means_no_limit()
    {
        var budget = new NewSongBudget(Limits with { NewSongsPerPeerHour = 0, NewSongsPerAddressHour = 0 }, _time);
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.Null(budget.TryCount(Samples.Peer(1), Here)));
    }

    [Fact]
    public void Thousands_of_peers_each_have_their_own_budget()
    {
        var budget = new NewSongBudget(Limits with { NewSongsPerAddressHour = 0 }, _time);
        for (var peer = 0; peer < 3_000; peer++)
            Assert.Null(budget.TryCount(Samples.Peer(peer), Here));
        Assert.Equal(9, Enumerable.Range(0, 20).Count(_ => budget.TryCount(Samples.Peer(7), Here) is null));
    }

    private int CountAccepted(int peer, IPAddress address, int tries) =>
        Enumerable.Range(0, tries).Count(_ => _budget.TryCount(Samples.Peer(peer), address) is null);
}
