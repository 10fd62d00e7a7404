using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class LargeBodyPaceSpecs
{
    private const int Megabyte = 1024 * 1024;

    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("198.51.100.1");
    private static readonly IPAddress Neighbour = IPAddress.Parse("192.0.2.2");

    private static readonly TransportSettings Settings = new()
    {
        LargeBodyBytesAtOnce = 10 * Megabyte,
        LargeBodyBytesPerSecond = Megabyte,
        NewConnectionsFreeTime = TimeSpan.FromMinutes(1),
    };

    private readonly LargeBodyPace _pace = new(Settings, Start);
    private TimeSpan _now = Start + TimeSpan.FromMinutes(1);

    [Fact]
    public void A_network_may_send_a_burst_and_then_a_number_of_bytes_per_second()
    {
        Assert.Equal(10, Sent(Address));
        Assert.Equal(0, Sent(Neighbour));
        _now += 3 * Second;
        Assert.Equal(3, Sent(Neighbour));
        _pace.Return(_pace.NetworkOf(Address), 2 * Megabyte, weight: 1, _now);
        Assert.Equal(2, Sent(Address));
    }

    [Fact]
    public void Networks_that_have_used_half_of_their_bursts_divide_the_rate()
    {
        // The sixth body makes the network busy, and it is the only busy one.
        Assert.Equal(10, Sent(Address));
        // After half of the burst, each body counts twice.
        Assert.Equal(5 + 1 + 2, Sent(Other));
        var (sent, others) = (0, 0);
        for (var second = 0; second < 60; second++)
        {
            _now += Second;
            sent += Sent(Address);
            others += Sent(Other);
        }

        Assert.InRange(sent, 29, 31);
        Assert.InRange(others, 29, 31);
        // When one has been calm for a while, the other one has the whole rate again.
        _now += 20 * Second;
        Sent(Other);
        _now += 10 * Second;
        Assert.Equal(10, Sent(Other));
    }

    [Fact]
    public void Bytes_that_are_not_read_are_given_back_as_they_were_counted()
    {
        Sent(Address);
        Sent(Other);
        _now += 4 * Second;
        var weight = _pace.Spend(_pace.NetworkOf(Other), 2 * Megabyte, _now);
        Assert.Equal(2, weight);
        Assert.Equal(0, Sent(Other));
        _pace.Return(_pace.NetworkOf(Other), 2 * Megabyte, weight, _now);
        Assert.Equal(2, Sent(Other));
    }

    [Fact]
    public void A_network_whose_bytes_are_given_back_is_not_busy()
    {
        Sent(Address);
        var network = _pace.NetworkOf(Other);
        var weight = _pace.Spend(network, 8 * Megabyte, _now);
        _pace.Return(network, 8 * Megabyte, weight, _now);
        _now += Second;
        Assert.Equal(1, _pace.Spend(_pace.NetworkOf(Address), Megabyte, _now));
        Assert.Equal(1, _pace.Spend(network, Megabyte, _now));
    }

    [Fact]
    public void However_many_networks_are_busy_each_of_them_may_send_a_thirty_second_of_the_rate()
    {
        for (var network = 0; network < 100; network++)
            Sent(IPAddress.Parse($"10.0.{network}.1"));

        Sent(Other);
        Assert.Equal(32, _pace.Spend(_pace.NetworkOf(Other), Megabyte, _now));
    }

    [Fact]
    public void A_network_that_has_anything_left_may_send_a_body_of_any_length_and_then_waits_longer()
    {
        Assert.Equal(10, Sent(Address));
        _now += Second / 10;
        _pace.Spend(_pace.NetworkOf(Address), 5 * Megabyte, _now);
        _now += 4 * Second;
        Assert.Equal(0, Sent(Neighbour));
        _now += Second;
        Assert.Equal(1, Sent(Neighbour));
    }

    [Fact]
    public void Programs_on_this_machine_are_not_limited_and_nobody_is_directly_after_the_start()
    {
        Assert.Equal(100, Sent(IPAddress.Loopback));
        _now -= Second;
        Assert.Equal(100, Sent(Address));
        _now += Second;
        Assert.Equal(10, Sent(Address));
    }

    [Fact]
    public void A_rate_of_zero_means_no_limit()
    {
        var pace = new LargeBodyPace(Settings with { LargeBodyBytesPerSecond = 0 }, Start);
        Assert.False(pace.IsLimited);
        pace.Spend(pace.NetworkOf(Address), 100 * Megabyte, _now);
        Assert.True(pace.Allows(pace.NetworkOf(Address), _now));
    }

    private int Sent(IPAddress address)
    {
        var sent = 0;
        for (; sent < 100 && _pace.Allows(_pace.NetworkOf(address), _now); sent++)
            _pace.Spend(_pace.NetworkOf(address), Megabyte, _now);
        return sent;
    }
}
