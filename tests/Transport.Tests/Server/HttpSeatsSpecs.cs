using System.Net;
using TspActors.Transport.Server;

namespace TspActors.Transport.Tests.Server;

/// <summary>Checks which connections to an HTTP port receive a seat, that is, one of a limited number of places.</summary>
public sealed class HttpSeatsSpecs
{
    private static readonly IPAddress One = IPAddress.Parse("192.0.2.1");
    private static readonly IPAddress Other = IPAddress.Parse("192.0.2.2");

    private readonly List<string> _aborted = [];
    private HttpSeats _seats = new(new HttpSeatLimits(5, 5, ForLoopback: 1));

    [Fact]
    public void The_seats_for_this_machine_are_not_taken_by_others()
    {
        for (var n = 1; n <= 6; n++)
            Enter(One, $"far {n}");
        Assert.Equal(["far 1", "far 2"], _aborted);
        Enter(IPAddress.Loopback, "near");
        Assert.Equal(["far 1", "far 2"], _aborted);
        Assert.Equal(5, _seats.Taken);
    }

    [Fact]
    public void A_local_connection_replaces_remote_ones_first_and_then_the_oldest_local_one()
    {
        Enter(One, "far");
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
        first!.Dispose();
        first.Dispose();
        Enter(IPAddress.Loopback, "last");
        Assert.Empty(_aborted);
        Assert.Equal(5, _seats.Taken);
    }

    [Fact]
    public void The_address_with_the_most_connections_gives_way()
    {
        Enter(Other, "other");
        for (var n = 1; n <= 20; n++)
            Enter(One, $"one {n}");
        Assert.DoesNotContain("other", _aborted);
        Enter(Other, "other again");
        Assert.DoesNotContain("other", _aborted);
        Assert.Equal(18, _aborted.Count);
    }

    [Fact]
    public void With_one_connection_each_the_one_that_has_been_idle_the_longest_gives_way()
    {
        for (var n = 1; n <= 6; n++)
            Enter(IPAddress.Parse($"198.51.100.{n}"), $"far {n}");
        Assert.Equal(["far 1", "far 2"], _aborted);
    }

    [Fact]
    public void A_connection_is_safe_while_a_request_runs_and_counts_as_new_after_it()
    {
        _seats = new(new HttpSeatLimits(3, 2));
        var busy = Enter(One, "busy")!.BeginRequest();
        Enter(One, "idle");
        Assert.NotNull(Enter(One, "next"));
        Assert.Equal(["idle"], _aborted);

        busy.Dispose();
        busy.Dispose();
        Enter(One, "last");
        Assert.Equal(["idle", "next"], _aborted);
    }

    [Fact]
    public void If_all_connections_of_an_address_are_busy_it_gets_no_more()
    {
        _seats = new(new HttpSeatLimits(3, 2));
        Enter(One, "a")!.BeginRequest();
        Enter(One, "b")!.BeginRequest();
        Assert.Null(Enter(One, "c"));
        Assert.NotNull(Enter(Other, "d"));
        Assert.Empty(_aborted);
        Assert.Equal(3, _seats.Taken);
    }

    [Fact]
    public void A_busy_connection_gives_way_only_if_that_is_allowed_and_none_is_idle()
    {
        _seats = new(new HttpSeatLimits(2, 2, ClosesBusy: true));
        Enter(One, "a")!.BeginRequest();
        Enter(Other, "idle");
        Enter(Other, "b")!.BeginRequest();
        Assert.Equal(["idle"], _aborted);
        Enter(Other, "c");
        Assert.Equal(["idle", "a"], _aborted);
    }

    [Fact]
    public void A_request_may_end_after_its_connection()
    {
        var seat = Enter(One, "a")!;
        var request = seat.BeginRequest();
        seat.Dispose();
        request.Dispose();
        Assert.Equal(0, _seats.Taken);
    }

    private HttpSeat? Enter(IPAddress address, string name) => _seats.TryEnter(address, () => _aborted.Add(name));
}
