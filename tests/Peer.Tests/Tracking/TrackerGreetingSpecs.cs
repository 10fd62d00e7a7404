using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks what a peer reads from a tracker's welcome.</summary>
public sealed class TrackerGreetingSpecs
{
    [Theory]
    [InlineData(0u, 10_000)]
    [InlineData(1u, 100)]
    [InlineData(60_000u, 60_000)]
    [InlineData(uint.MaxValue, 600_000)]
    public void A_tracker_that_names_no_heartbeat_interval_has_the_default_one(uint named, int milliseconds) => Assert.Equal(
        TimeSpan.FromMilliseconds(milliseconds), TrackerGreeting.HeartbeatOf(new Welcome { HeartbeatIntervalMs = named }));
}
