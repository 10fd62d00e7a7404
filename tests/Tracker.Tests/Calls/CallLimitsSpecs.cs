using System.Net;
using TspActors.Tracker.Calls;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks how many calls a requester, an address and a host may have.</summary>
public sealed class CallLimitsSpecs
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.5");

    private readonly CallLimits _limits = new();

    [Fact]
    public void A_requester_makes_at_most_20_calls_within_a_minute()
    {
        for (var call = 0; call < CallLimits.OfRequester; call++)
            Assert.Null(Place(1, at: call));

        Assert.Equal(TimeSpan.FromSeconds(35), Place(1, at: 25));
        Assert.Null(Place(2, at: 25));
        Assert.Null(Place(1, at: 60));
    }

    [Fact]
    public void An_address_makes_at_most_60_calls_within_a_minute()
    {
        for (var call = 0; call < CallLimits.OfAddress; call++)
            Assert.Null(Place(call, at: 0));

        Assert.Equal(TimeSpan.FromSeconds(59), Place(100, at: 1));
        Assert.Null(_limits.TryPlace(Samples.Peer(100), IPAddress.Parse("203.0.113.6"), 0, TimeSpan.FromSeconds(1)));
        Assert.Null(_limits.TryPlace(Samples.Peer(101), null, 0, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void A_call_that_is_refused_does_not_count()
    {
        for (var call = 0; call < CallLimits.OfAddress; call++)
            Place(call, at: 0);
        for (var call = 0; call < 100; call++)
            Assert.NotNull(Place(100, at: 1));

        for (var call = 0; call < CallLimits.OfRequester; call++)
            Assert.Null(Place(100, at: 61));
    }

    [Fact]
    public void A_requester_has_at_most_4_open_calls()
    {
        Assert.Null(Place(1, at: 0, open: CallLimits.OpenOfRequester - 1));
        Assert.NotNull(Place(1, at: 0, open: CallLimits.OpenOfRequester));
    }

    [Fact]
    public void A_host_receives_at_most_30_calls_within_a_minute_and_10_at_the_same_time()
    {
        Assert.NotNull(_limits.TryReceive(Samples.Peer(1), CallLimits.OpenOfHost, TimeSpan.Zero));
        for (var call = 0; call < CallLimits.OfHost; call++)
            Assert.Null(_limits.TryReceive(Samples.Peer(1), CallLimits.OpenOfHost - 1, TimeSpan.Zero));

        Assert.Equal(TimeSpan.FromSeconds(50), _limits.TryReceive(Samples.Peer(1), 0, TimeSpan.FromSeconds(10)));
        Assert.Null(_limits.TryReceive(Samples.Peer(2), 0, TimeSpan.FromSeconds(10)));
        _limits.Purge(TimeSpan.FromSeconds(60));
        Assert.Null(_limits.TryReceive(Samples.Peer(1), 0, TimeSpan.FromSeconds(60)));
    }

    private TimeSpan? Place(int requester, int at, int open = 0) =>
        _limits.TryPlace(Samples.Peer(requester), Address, open, TimeSpan.FromSeconds(at));
}
