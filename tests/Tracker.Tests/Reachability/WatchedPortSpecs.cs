using System.Net;
using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Reachability;

namespace TspActors.Tracker.Tests.Reachability;

public sealed class WatchedPortSpecs
{
    private readonly ReachabilitySettings _settings = new() { RetryMin = TimeSpan.FromSeconds(30), RetryMax = TimeSpan.FromMinutes(10) };
    private readonly WatchedPort _port;

    public WatchedPortSpecs() => _port = new WatchedPort(Samples.Host(1), IPAddress.Loopback, ActorRefs.Nobody, _settings);

    [Fact]
    public void The_first_probe_and_any_success_take_effect_immediately()
    {
        Assert.Equal(PortReach.Unknown, _port.Reach);
        Record(false);
        Assert.Equal(PortReach.Unreachable, _port.Reach);
        Record(true);
        Assert.Equal(PortReach.Reachable, _port.Reach);
    }

    [Fact]
    public void A_reachable_port_becomes_unreachable_only_after_two_failures_in_a_row()
    {
        Record(true);
        Record(false);
        Assert.Equal(PortReach.Reachable, _port.Reach);
        Record(true);
        Record(false);
        Assert.Equal(PortReach.Reachable, _port.Reach);
        Record(false);
        Assert.Equal(PortReach.Unreachable, _port.Reach);
    }

    [Fact]
    public void Each_failure_doubles_the_wait_up_to_the_maximum()
    {
        var waits = Enumerable.Range(0, 40).Select(_ => Record(false)).ToList();
        for (var failures = 0; failures < waits.Count; failures++)
        {
            var usual = TimeSpan.FromSeconds(Math.Min(30 * Math.Pow(2, failures), 600));
            Assert.InRange(waits[failures], 0.75 * usual, 1.25 * usual);
        }

        Assert.InRange(Record(true), 0.75 * _settings.RetryMax, 1.25 * _settings.RetryMax);
    }

    private TimeSpan Record(bool reached) => _port.RecordProbe(_port.EndPoint, reached, TimeSpan.Zero, Random.Shared);
}
