using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

public sealed class LargeBodyPaceSpecs
{
    private const int Megabyte = 1024 * 1024;

    private static readonly TimeSpan Start = TimeSpan.FromHours(1);
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly IPAddress Address = IPAddress.Parse("192.0.2.1");
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
        Assert.Equal(10, Sent(IPAddress.Parse("198.51.100.1")));
        _now += 3 * Second;
        Assert.Equal(3, Sent(Neighbour));
        _pace.Return(_pace.NetworkOf(Address), 2 * Megabyte, _now);
        Assert.Equal(2, Sent(Address));
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
