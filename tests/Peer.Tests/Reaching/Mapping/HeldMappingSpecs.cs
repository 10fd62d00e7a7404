using System.Net;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks the consequences of probing and checking a mapping.</summary>
public sealed class HeldMappingSpecs
{
    private static readonly RouterAddresses Router = new(IPAddress.Loopback, IPAddress.Loopback, 5351, RouterAddresses.DefaultSearch);
    private static readonly PortMappingSettings Settings = new();

    private readonly ManualClock _clock = new();

    [Fact]
    public void A_failed_probe_renews_the_mapping_once_it_cannot_be_older_than_the_mapping()
    {
        var held = Hold("5.5.0.21");

        Assert.Equal(ProbeVerdict.Keep, held.ApplyProbe(new PortFound(false)));
        _clock.Advance(Settings.ProbeDelay);

        Assert.Equal(ProbeVerdict.Renew, held.ApplyProbe(new PortFound(false)));
    }

    [Theory]
    [InlineData("100.64.0.1")]
    [InlineData("100.127.255.255")]
    [InlineData("10.0.0.1")]
    [InlineData("172.31.0.1")]
    [InlineData("192.168.0.1")]
    [InlineData("192.0.0.2")]
    public void After_a_failed_probe_the_mapping_of_a_router_behind_NAT_is_given_back(string address)
    {
        var held = Hold(address);
        _clock.Advance(Settings.ProbeDelay);

        Assert.Equal(ProbeVerdict.Release, held.ApplyProbe(new PortFound(false)));
    }

    [Theory]
    [InlineData("100.63.255.255")]
    [InlineData("100.128.0.0")]
    [InlineData("172.32.0.1")]
    [InlineData("5.5.0.21")]
    public void A_public_external_address_is_not_behind_NAT(string address) => Assert.False(Hold(address).Mapping.IsBehindNat);

    [Fact]
    public void A_reachable_port_is_kept_whatever_the_external_address_is()
    {
        var held = Hold("100.64.0.1");
        Assert.Contains(MappingTexts.BehindNat, held.Status.Text, StringComparison.Ordinal);

        Assert.Equal(ProbeVerdict.Keep, held.ApplyProbe(new PortFound(true)));

        Assert.DoesNotContain(MappingTexts.BehindNat, held.Status.Text, StringComparison.Ordinal);
        Assert.True(Hold("100.64.0.1", previous: held).IsProven);
        Assert.False(Hold("100.64.0.1", previous: held, externalPort: 7072).IsProven);
    }

    [Fact]
    public void A_mapping_that_is_not_proven_is_probed_again_at_growing_intervals_until_the_renewal_comes_first()
    {
        var held = Hold("100.64.0.1");
        Assert.Equal(Settings.ProbeDelay, held.ProveAfter);

        var intervals = new List<TimeSpan>();
        while (held.ProveAfter is { } interval)
        {
            intervals.Add(interval);
            held = Hold("100.64.0.1", previous: held);
        }

        Assert.Equal([90, 180, 360, 720, 1440, 2880], intervals.Select(interval => interval.TotalSeconds));
        Assert.Equal(Settings.ProbeDelay, Hold("100.64.0.1", previous: held, externalPort: 7072).ProveAfter);
        held.ApplyProbe(new PortFound(true));
        Assert.Null(Hold("100.64.0.1", previous: held).ProveAfter);
    }

    [Fact]
    public void A_mapping_at_an_address_that_the_tracker_does_not_see_is_given_back_if_a_renewal_changes_nothing()
    {
        var seen = new PortFound(false, IPAddress.Parse("203.0.113.9"));
        var held = Hold("5.5.0.21");
        _clock.Advance(Settings.ProbeDelay);
        // The provider may have just given the router another address.
        Assert.Equal(ProbeVerdict.Renew, held.ApplyProbe(seen));
        var renewed = Hold("5.5.0.21", previous: held);
        var moved = Hold("203.0.113.9", previous: held);
        _clock.Advance(Settings.ProbeDelay);

        Assert.Equal(ProbeVerdict.Renew, moved.ApplyProbe(seen));
        Assert.Equal(ProbeVerdict.Release, renewed.ApplyProbe(seen));
        Assert.Equal(MappingTexts.SeenElsewhere, renewed.BehindNat);
        Assert.Equal(ProbeVerdict.Keep, renewed.ApplyProbe(seen with { IsReachable = true }));
        Assert.DoesNotContain(MappingTexts.SeenElsewhere, renewed.Status.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void A_router_keeps_an_earlier_mapping_beside_a_newer_one_only_over_UPnP()
    {
        var pmp = Hold("5.5.0.21").Mapping;
        var upnp = pmp with { How = MappingProtocol.Upnp };
        var other = RouterAddressesOf("127.0.0.2");

        Assert.True(upnp.CoexistsWith(upnp with { ExternalPort = 7072 }));
        Assert.True(upnp.CoexistsWith(pmp with { ExternalPort = 7072 }));
        Assert.False(upnp.CoexistsWith(upnp));
        Assert.False(upnp.CoexistsWith(upnp with { ExternalPort = 7072, RouterAddresses = other }));
        // Releasing it would release the newer one.
        Assert.False(pmp.CoexistsWith(pmp with { ExternalPort = 7072 }));
    }

    [Fact]
    public void A_check_detects_a_lost_mapping_from_the_routers_reply_or_its_epoch()
    {
        var held = Hold("5.5.0.21");

        Assert.False(held.ApplyCheck(new MappingCheck(null, false)));
        Assert.True(held.ApplyCheck(new MappingCheck(null, true)));
        Assert.False(held.ApplyCheck(new MappingCheck(1000, false)));
        Assert.True(held.ApplyCheck(new MappingCheck(1, false)));
    }

    private static RouterAddresses RouterAddressesOf(string address) => Router with { Address = IPAddress.Parse(address) };

    private HeldMapping Hold(string externalAddress, HeldMapping? previous = null, int externalPort = 7071) => new(
        new PortMapping(MappingProtocol.NatPmp, Router, 7071, externalPort)
        {
            ExternalAddress = IPAddress.Parse(externalAddress),
            Lease = TimeSpan.FromHours(2),
            EpochSeconds = 1000,
        },
        Settings, previous, _clock);
}
