using System.Net;

namespace TspActors.Monitoring.Tests;

/// <summary>Checks which connections to the HTTP port receive a seat, that is, one of a limited number of places.</summary>
public sealed class HttpSeatsSpecs
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("192.0.2.1");

    private readonly HttpSeats _seats = new(5);
    private readonly List<string> _aborted = [];

    [Fact]
    public void A_fifth_of_the_seats_is_reserved_for_this_machine()
    {
        for (var n = 1; n <= 6; n++)
            Enter(Elsewhere, $"far {n}");
        Assert.Equal(["far 1", "far 2"], _aborted);
        Enter(IPAddress.Loopback, "near");
        Assert.Equal(["far 1", "far 2"], _aborted);
        Assert.Equal(5, _seats.Taken);
    }

    [Fact]
    public void A_local_connection_replaces_remote_ones_first_and_then_the_oldest_local_one()
    {
        Enter(Elsewhere, "far");
        for (var n = 1; n <= 6; n++)
            Enter(IPAddress.IPv6Loopback, $"near {n}");
        Assert.Equal(["far", "near 1"], _aborted);
    }

    [Fact]
    public void A_seat_is_free_again_after_its_connection_has_left()
    {
        var first = Enter(IPAddress.Loopback, "first");
        for (var n = 2; n <= 5; n++)
            Enter(IPAddress.Loopback, $"near {n}");
        first.Dispose();
        first.Dispose();
        Enter(IPAddress.Loopback, "last");
        Assert.Empty(_aborted);
        Assert.Equal(5, _seats.Taken);
    }

    private IDisposable Enter(IPAddress address, string name) => _seats.Enter(address, () => _aborted.Add(name));
}
