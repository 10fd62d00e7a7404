using System.Net;
using TspActors.Tracker.Reachability;

namespace TspActors.Tracker.Tests.Reachability;

/// <summary>Checks that the probes that peers ask for cannot scan the ports of an address.</summary>
public sealed class ReachLimitsSpecs
{
    private static readonly IPAddress Address = IPAddress.Parse("203.0.113.5");

    private readonly ReachLimits _limits = new();

    [Theory]
    [InlineData(0, false)]
    [InlineData(22, false)]
    [InlineData(80, true)]
    [InlineData(443, true)]
    [InlineData(1023, false)]
    [InlineData(1024, true)]
    [InlineData(65_535, true)]
    [InlineData(65_536, false)]
    public void Below_1024_only_the_ports_of_the_web_are_tried(int port, bool isTried) => Assert.Equal(isTried, ReachLimits.MayProbe(port));

    [Fact]
    public void A_peer_reports_at_most_once_in_10_seconds()
    {
        Assert.False(Count(7071, at: 9, reportedAt: 0, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(1), retryAfter);
        Assert.True(Count(7071, at: 10, reportedAt: 0, out retryAfter));
        Assert.Null(retryAfter);
    }

    [Fact]
    public void The_peers_of_an_address_report_at_most_20_different_ports_within_an_hour()
    {
        for (var port = 0; port < ReachLimits.PortsOfAddress; port++)
            Assert.True(Count(7000 + port, at: port));

        Assert.False(Count(8000, at: 30, null, out var retryAfter));
        Assert.Equal(TimeSpan.FromSeconds(3_570), retryAfter);
        Assert.True(Count(7019, at: 30));
        Assert.True(_limits.TryCount(IPAddress.Parse("203.0.113.6"), 8000, null, TimeSpan.FromSeconds(30), out _, out _));
        Assert.True(Count(8000, at: 3_600));
    }

    [Fact]
    public void A_port_is_forgotten_exactly_after_an_hour_so_that_the_retry_time_is_never_negative()
    {
        for (var port = 0; port < ReachLimits.PortsOfAddress; port++)
            Assert.True(Count(7000 + port, at: 0));
        // The limits of all addresses are purged now, and the next time only after 10 s.
        Assert.False(Count(8000, at: 3_595));

        Assert.True(Count(8000, at: 3_601));
    }

    [Fact]
    public void The_hellos_from_an_address_name_at_most_60_different_ports_within_an_hour_and_those_of_this_machine_any_number()
    {
        var limits = new ReachLimits(ReachLimits.HelloPortsOfAddress);
        var now = TimeSpan.FromHours(1);
        for (var port = 0; port < ReachLimits.HelloPortsOfAddress; port++)
            Assert.True(limits.TryCountHello(Address, 7000 + port, now, out _));

        Assert.False(limits.TryCountHello(Address, 8000, now, out var wait));
        Assert.Equal(ReachLimits.Window, wait);
        Assert.True(limits.TryCountHello(Address, 7001, now, out _));
        Assert.True(limits.TryCountHello(Address, 8000, now + wait, out _));

        for (var port = 0; port <= ReachLimits.HelloPortsOfAddress; port++)
            Assert.True(limits.TryCountHello(IPAddress.Loopback, 7000 + port, now, out _));
    }

    private bool Count(int port, int at, int? reportedAt = null) => Count(port, at, reportedAt, out _);

    private bool Count(int port, int at, int? reportedAt, out TimeSpan? retryAfter) => _limits.TryCount(
        Address, port, reportedAt is { } last ? TimeSpan.FromSeconds(last) : null, TimeSpan.FromSeconds(at), out _, out retryAfter);
}
