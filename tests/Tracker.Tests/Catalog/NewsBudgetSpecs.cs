using System.Net;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks the limits on the bytes of broadcasts that one address may cause.</summary>
public sealed class NewsBudgetSpecs
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");

    private readonly ManualClock _time = new();
    private readonly NewsBudget _budget;

    public NewsBudgetSpecs() => _budget = new NewsBudget(
        new ChangeLimits { PerAddressBytes = 1_000, PerAddressHourBytes = 60, AddressesPerNetwork = 3, PerByte = 5 }, _time);

    [Fact]
    public void An_address_may_cause_a_burst_and_then_an_hourly_amount()
    {
        Assert.Equal(10, Spent(Here, 100));
        _time.Advance(TimeSpan.FromHours(5));
        Assert.Equal(3, Spent(Here, 100));
    }

    [Fact]
    public void Each_byte_received_allows_five_more_bytes_for_all_subscribers_together()
    {
        Spent(Here, 100);
        _budget.Received(Here, 2_000, subscribers: 50);
        Assert.Equal(2, Spent(Here, 100));
        _budget.Received(Here, 2_000, subscribers: 0);
        Assert.Equal(10, Spent(Here, 100));
    }

    [Fact]
    public void The_addresses_in_a_network_share_its_budget()
    {
        Assert.Equal([10, 10, 10, 0], Enumerable.Range(1, 4).Select(n => Spent(IPAddress.Parse($"192.0.2.{n}"), 100)));
        Assert.Equal(10, Spent(IPAddress.Parse("192.0.3.1"), 100));
        Assert.Equal([10, 10, 10, 0], Enumerable.Range(1, 4).Select(n => Spent(IPAddress.Parse($"2001:db8:1:{n}::"), 100)));
        // A /48 has four times the budget of a /56.
        Assert.Equal(90, Enumerable.Range(1, 20).Sum(n => Spent(IPAddress.Parse($"2001:db8:1:{n}00::"), 100)));
    }

    [Fact]
    public void Without_limits_everything_is_sent()
    {
        var budget = new NewsBudget(ChangeLimits.None, _time);
        Assert.All(Enumerable.Range(0, 1_000), _ => Assert.True(budget.TrySpend(Here, 1_000_000)));
    }

    private int Spent(IPAddress address, int bytes)
    {
        var spent = 0;
        while (spent < 1_000 && _budget.TrySpend(address, bytes))
            spent++;
        return spent;
    }
}
