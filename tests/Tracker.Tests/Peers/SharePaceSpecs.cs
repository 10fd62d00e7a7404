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
    public void After_a_burst_a_network_rests_in_proportion_to_its_songs()
    {
        Assert.Equal(TimeSpan.Zero, Share(Greedy, 10_000));
        Assert.Equal(2 * Second, Share(Greedy, 1_000));
        Assert.Equal(3 * Second, Share(Neighbour, 500));
        _now += 2 * Second;
        Assert.Equal(2 * Second, Share(Greedy, 500));
    }

    [Fact]
    public void New_connections_from_a_network_rest_as_long_as_it_does()
    {
        Share(Greedy, 10_000);
        Assert.Equal(TimeSpan.Zero, _pace.RestOf(Greedy, _now));
        Share(Greedy, 1_000);
        _now += Second;
        Assert.Equal(Second, _pace.RestOf(Neighbour, _now));
        Assert.Equal(TimeSpan.Zero, _pace.RestOf(Other, _now));
        Assert.Equal(TimeSpan.Zero, _pace.RestOf(IPAddress.Loopback, _now));
        _now += Second;
        Assert.Equal(TimeSpan.Zero, _pace.RestOf(Neighbour, _now));
    }

    [Fact]
    public void Networks_that_rest_divide_the_rate()
    {
        Share(Greedy, 10_000);
        Assert.Equal(Second, Share(Greedy, 500));
        Assert.Equal(2 * Second, Share(Other, 500));
        Assert.Equal(3 * Second, Share(IPAddress.Parse("203.0.113.1"), 500));
    }

    [Fact]
    public void However_many_networks_rest_each_of_them_may_share_77_songs_a_second()
    {
        Share(Greedy, 10_000);
        for (var network = 0; network < 200; network++)
            Share(IPAddress.Parse($"10.0.{network}.1"), 500);

        Assert.Equal(10 * Second, Share(Other, 770));
    }

    [Fact]
    public void No_rest_is_long_enough_to_be_mistaken_for_a_failure()
    {
        Share(Greedy, 10_000);
        Assert.Equal(SharePace.LongestRest, Share(Greedy, 1_000_000));
        Assert.Equal(SharePace.LongestRest, Share(Neighbour, 1_000_000));
    }

    [Fact]
    public void Small_changes_of_many_networks_do_not_slow_down_a_network_that_shares_much()
    {
        Share(Greedy, 10_000);
        for (var network = 0; network < 100; network++)
            Assert.Equal(TimeSpan.Zero, Share(IPAddress.Parse($"10.0.{network}.1"), 1));

        Assert.Equal(Second, Share(Greedy, 500));
    }

    [Fact]
    public void A_network_that_does_not_rest_uses_what_the_others_have_left()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 5_000);
        _now += 4 * Second;
        Assert.Equal(TimeSpan.Zero, Share(Other, 2_000));
        Assert.Equal(2 * Second, Share(Other, 500));
    }

    [Fact]
    public void The_burst_is_available_again_after_a_pause()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 500);
        _now += 60 * Second;
        Assert.Equal(TimeSpan.Zero, Share(Greedy, 10_000));
    }

    [Fact]
    public void Nobody_rests_directly_after_the_start_and_peers_on_this_machine_never_do()
    {
        _now -= Second;
        Assert.Equal(TimeSpan.Zero, Share(Greedy, 1_000_000));
        _now += Second;
        Assert.Equal(TimeSpan.Zero, Share(IPAddress.Loopback, 1_000_000));
        Assert.Equal(TimeSpan.Zero, Share(IPAddress.IPv6Loopback, 1_000_000));
        Assert.Equal(TimeSpan.Zero, Share(Greedy, 10_000));
    }

    [Fact]
    public void A_share_without_songs_costs_nothing_and_a_rate_of_zero_means_no_limit()
    {
        Share(Greedy, 10_000);
        Share(Greedy, 500);
        Assert.Equal(TimeSpan.Zero, Share(Greedy, 0));
        var pace = new SharePace(Limits with { PerSecond = 0, FreeTime = default }, Start);
        Assert.Equal(TimeSpan.Zero, pace.Spend(Greedy, 1_000_000, _now));
        Assert.Equal(TimeSpan.Zero, pace.Spend(Greedy, 1_000_000, _now));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void Together_networks_that_share_all_the_time_add_no_more_than_about_twice_the_rate(int networks)
    {
        const int Seconds = 600;
        const int SongsPerShare = 200;
        var shared = 0;
        var due = new TimeSpan[networks];
        for (var until = _now + (Seconds * Second); _now < until; _now += Second / 10)
        {
            for (var network = 0; network < networks; network++)
            {
                if (due[network] > _now)
                    continue;
                due[network] = _now + Share(IPAddress.Parse($"10.0.{network}.1"), SongsPerShare);
                shared += SongsPerShare;
            }
        }

        // Each of twenty networks gets at least 77 songs a second.
        Assert.InRange(shared, Seconds * Limits.PerSecond / 2, (Seconds * ((2 * Limits.PerSecond) + (77 * networks))) + Limits.Burst);
    }

    private TimeSpan Share(IPAddress address, int songs) => _pace.Spend(address, songs, _now);
}
