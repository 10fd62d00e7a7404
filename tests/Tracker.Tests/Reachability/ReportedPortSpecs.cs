using System.Net;
using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Reachability;

namespace TspActors.Tracker.Tests.Reachability;

/// <summary>Checks how a watched port follows the port that its peer reports.</summary>
public sealed class ReportedPortSpecs
{
    private readonly ReachabilitySettings _settings = new() { RetryMin = TimeSpan.FromSeconds(30), RetryMax = TimeSpan.FromMinutes(10) };
    private readonly WatchedPort _port;

    public ReportedPortSpecs() => _port = new WatchedPort(Samples.Host(1), IPAddress.Loopback, ActorRefs.Nobody, _settings);

    [Fact]
    public void A_reported_port_is_tried_next_and_watched_from_then_on_if_it_was_reached()
    {
        _port.Candidate = 9000;
        Assert.Equal(9000, _port.EndPoint.Port);
        Record(9000, true, at: 5);

        Assert.Equal((9000, 9000, null), (_port.Port, _port.EndPoint.Port, _port.Candidate));
        Assert.Equal(PortReach.Reachable, _port.Reach);
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 9000), TimeSpan.FromSeconds(5)), _port.Reached);
    }

    [Fact]
    public void A_reported_port_that_was_not_reached_says_nothing_about_the_former_one()
    {
        Record(7071, true, at: 0);
        for (var report = 0; report < 5; report++)
        {
            _port.Candidate = 9000;
            Record(9000, false, at: 10);
        }

        Assert.Equal((7071, 7071), (_port.Port, _port.EndPoint.Port));
        Assert.Equal(PortReach.Reachable, _port.Reach);
        Assert.Equal(7071, _port.Reached?.EndPoint.Port);
    }

    [Fact]
    public void A_port_that_is_reported_during_a_probe_is_due_as_soon_as_the_probe_has_ended()
    {
        _port.Candidate = 9000;

        Assert.Equal(TimeSpan.Zero, Record(7071, true, at: 0));
        Assert.Equal(9000, _port.EndPoint.Port);
    }

    private TimeSpan Record(int port, bool reached, int at) => _port.RecordProbe(
        new IPEndPoint(IPAddress.Loopback, port), reached, TimeSpan.FromSeconds(at), Random.Shared);
}
