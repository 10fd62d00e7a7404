using System.Net;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks when a mapping is renewed.</summary>
public sealed class MappingLeaseSpecs
{
    private static readonly RouterAddresses Router = new(IPAddress.Loopback, IPAddress.Loopback, 5351, RouterAddresses.DefaultSearch);

    private readonly ManualClock _clock = new();

    [Theory]
    [InlineData(7200, 3600)]
    [InlineData(600, 300)]
    [InlineData(1, 1)]
    [InlineData(0, 3600)]
    [InlineData(604_800, 3600)]
    public void A_lease_is_renewed_halfway_through_but_not_later_than_usual(int leaseSeconds, int renewAfter) =>
        Assert.Equal(TimeSpan.FromSeconds(renewAfter), Start(leaseSeconds, null).RenewAfter);

    [Fact]
    public void The_age_is_counted_from_the_grant()
    {
        var lease = Start(7200, 100);

        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(TimeSpan.FromSeconds(30), lease.Age);
    }

    [Theory]
    [InlineData(800u, true)]
    [InlineData(801u, false)]
    [InlineData(900u, false)]
    [InlineData(5000u, false)]
    [InlineData(3u, true)]
    public void An_epoch_that_has_fallen_behind_shows_a_restart_of_the_router(uint epoch, bool wentBack)
    {
        var lease = Start(7200, 103);
        _clock.Advance(TimeSpan.FromSeconds(800));

        // 103 + 800 * 7 / 8 - 2 = 801
        Assert.Equal(wentBack, lease.ApplyEpoch(epoch));
        Assert.False(lease.ApplyEpoch(epoch));
    }

    [Fact]
    public void Without_an_earlier_epoch_no_restart_is_detected() => Assert.False(Start(7200, null).ApplyEpoch(0));

    private MappingLease Start(int leaseSeconds, uint? epoch) => new(
        new PortMapping(MappingProtocol.NatPmp, Router, 7071, 7071) { Lease = TimeSpan.FromSeconds(leaseSeconds), EpochSeconds = epoch },
        TimeSpan.FromHours(2), _clock);
}
