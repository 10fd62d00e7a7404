using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Relays;

namespace TspActors.Tracker.Tests.Relays;

/// <summary>Checks between whom a volunteer may relay.</summary>
public sealed class KnownRelaysSpecs
{
    [Theory]
    [InlineData("203.0.113.1", "198.51.100.2", "10.0.0.3", true)]
    [InlineData("2001:db8::1", "198.51.100.2", "198.51.100.3", true)]
    // A volunteer on the tracker's own machine: only other peers on that machine can reach it.
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.2", true)]
    [InlineData("::1", "::1", "127.0.0.1", true)]
    [InlineData("127.0.0.1", "127.0.0.1", "192.168.1.3", false)]
    [InlineData("127.0.0.1", "198.51.100.2", "198.51.100.3", false)]
    // A volunteer in the tracker's own network.
    [InlineData("192.168.1.5", "192.168.1.6", "127.0.0.1", true)]
    [InlineData("192.168.1.5", "192.168.1.6", "198.51.100.3", false)]
    [InlineData("::ffff:192.168.1.5", "198.51.100.2", "198.51.100.3", false)]
    [InlineData("fd00::5", "fd00::6", "fd00::7", true)]
    [InlineData("fd00::5", "2001:db8::6", "fd00::7", false)]
    [InlineData("100.64.0.5", "198.51.100.2", "198.51.100.3", false)]
    public void A_volunteer_relays_only_between_peers_that_can_connect_to_the_address_at_which_the_tracker_sees_it(
        string volunteer, string requester, string host, bool mayRelay)
    {
        Assert.Equal(mayRelay, KnownRelays.MayRelay(HostAt(volunteer), EndAt(requester), EndAt(host)));
        Assert.Equal(mayRelay, KnownRelays.MayRelay(HostAt(volunteer), EndAt(host), EndAt(requester)));
        var known = new KnownRelays(hasOwn: false) { Volunteers = [HostAt(volunteer), HostAt(volunteer, PortReach.Unreachable)] };
        Assert.Equal(mayRelay, known.RelaysFor(EndAt(requester))(EndAt(host)));
    }

    [Fact]
    public void Neither_a_volunteer_that_was_not_reached_nor_one_of_the_ends_may_relay()
    {
        var volunteer = HostAt("203.0.113.1");
        var (requester, host) = (EndAt("198.51.100.2"), EndAt("198.51.100.3"));

        Assert.True(KnownRelays.MayRelay(volunteer, requester, host));
        Assert.False(KnownRelays.MayRelay(volunteer, RelayedPeer.From(volunteer), host));
        Assert.False(KnownRelays.MayRelay(volunteer, requester, RelayedPeer.From(volunteer)));
        Assert.False(KnownRelays.MayRelay(HostAt("203.0.113.1", PortReach.Unreachable), requester, host));

        var known = new KnownRelays(hasOwn: false) { Volunteers = [HostAt("203.0.113.1", PortReach.Unreachable), volunteer] };
        Assert.True(known.RelaysFor(requester)(host));
        Assert.False(known.RelaysFor(requester)(RelayedPeer.From(volunteer)));
        Assert.False(known.RelaysFor(RelayedPeer.From(volunteer))(host));
        Assert.True(new KnownRelays(hasOwn: true).RelaysFor(requester)(host));
    }

    private static RelayedPeer EndAt(string address) => RelayedPeer.From(HostAt(address));

    private static CatalogHost HostAt(string address, PortReach reach = PortReach.Reachable) =>
        new(PeerId.NewRandom(), "peer", address, 7071, IPAddress.Parse(address), reach, isSecure: true);
}
