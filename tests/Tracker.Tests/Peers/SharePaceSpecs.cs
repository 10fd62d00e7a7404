using System.Net;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests.Peers;

public sealed class SharePaceSpecs
{
    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly IPAddress Greedy = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.0.2.200");
    private static readonly IPAddress Other = IPAddress.Parse("198.51.100.1");

    private static readonly ShareLimits Limits = new() { Burst = 10_000, PerSecond = 500, FreeTime = TimeSpan.FromMinutes(1) };

    private readonly SharePace _pace = new(Limits, Start);
    private TimeSpan _now = Start + TimeSpan.FromMinutes(1);

    [Fact]
    public void A_burst_waits_for_nothing_and_then_a_network_waits_in_proportion_to_its_songs()
    {
        Share(Greedy, 10_000);
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Greedy, _now));
        Share(Greedy, 1_000);
        Assert.Equal(2 * Second, _pace.WaitFor(Greedy, _now));
        Assert.Equal(2 * Second, _pace.WaitFor(Neighbour, _now));
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Other, _now));
        _now += 2 * Second;
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Greedy, _now));
    }

    [Fact]
    public void Networks_that_exhaust_the_limit_divide_the_rate_and_the_first_share_of_another_one_is_not_delayed()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 500);
        Share(Other, 500);
        Assert.Equal(Second, _pace.WaitFor(Greedy, _now));
        Assert.Equal(2 * Second, _pace.WaitFor(Other, _now));
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(IPAddress.Parse("203.0.113.1"), _now));
    }

    [Fact]
    public void No_share_waits_for_longer_than_a_peer_waits_for_a_PONG()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 1_000_000);
        Assert.Equal(SharePace.LongestPause, _pace.WaitFor(Greedy, _now));
    }

    [Fact]
    public void The_burst_is_available_again_after_a_pause()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 500);
        _now += 60 * Second;
        Share(Greedy, 10_000);
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Greedy, _now));
    }

    [Fact]
    public void Nobody_waits_directly_after_the_start_and_peers_on_this_machine_never_do()
    {
        _now -= Second;
        Share(Greedy, 1_000_000);
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Greedy, _now));
        _now += Second;
        Share(IPAddress.Loopback, 1_000_000);
        Share(IPAddress.Loopback, 1_000_000);
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(IPAddress.Loopback, _now));
        Share(Greedy, 10_000);
        Assert.Equal(TimeSpan.Zero, _pace.WaitFor(Greedy, _now));
    }

    [Fact]
    public void A_rate_of_zero_means_no_limit()
    {
        var pace = new SharePace(Limits with { PerSecond = 0, FreeTime = default }, Start);
        pace.Spend(Greedy, 1_000_000, _now);
        pace.Spend(Greedy, 1_000_000, _now);
        Assert.Equal(TimeSpan.Zero, pace.WaitFor(Greedy, _now));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Together_networks_that_share_all_the_time_add_no_more_than_twice_the_rate(int networks)
    {
        const int Seconds = 600;
        const int SongsPerShare = 200;
        var shared = 0;
        for (var until = _now + (Seconds * Second); _now < until; _now += Second / 10)
        {
            for (var network = 1; network <= networks; network++)
            {
                var address = IPAddress.Parse($"10.0.{network}.1");
                if (_pace.WaitFor(address, _now) > TimeSpan.Zero)
                    continue;
                Share(address, SongsPerShare);
                shared += SongsPerShare;
            }
        }

        Assert.InRange(shared, Seconds * Limits.PerSecond / 2, (2 * Seconds * Limits.PerSecond) + Limits.Burst);
    }

    private void Share(IPAddress address, int songs) => _pace.Spend(address, songs, _now);
}
