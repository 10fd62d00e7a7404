using System.Net;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks which addresses a peer connects to, depending on the address of the tracker that names them.</summary>
public sealed class NamedAddressesSpecs
{
    private const string Public = "203.0.113.5";
    private const string Private = "192.168.1.7";
    private const string Loopback = "127.0.0.1";
    private const string Link = "169.254.3.4";

    [Theory]
    [InlineData(Public, "198.51.100.1", true)]
    [InlineData(Public, "10.0.0.1", true)]
    [InlineData(Public, "2001:db8::1", true)]
    [InlineData(Public, "host.example", true)]
    [InlineData(Public, "127.0.0.1", false)]
    [InlineData(Public, "127.9.9.9", false)]
    [InlineData(Public, "127.1", false)]
    [InlineData(Public, "2130706433", false)]
    [InlineData(Public, "::1", false)]
    [InlineData(Public, "::1%1", false)]
    [InlineData(Public, "[::1]", false)]
    [InlineData(Public, "::ffff:127.0.0.1", false)]
    [InlineData(Public, "::ffff:169.254.1.1", false)]
    [InlineData(Public, "169.254.169.254", false)]
    [InlineData(Public, "fe80::1", false)]
    [InlineData(Public, "fe80::1%2", false)]
    [InlineData(Private, "127.0.0.1", false)]
    [InlineData(Private, "169.254.1.1", false)]
    [InlineData("2001:db8::5", "::1", false)]
    [InlineData(Loopback, "127.0.0.1", true)]
    [InlineData(Loopback, "::1", true)]
    [InlineData("::ffff:127.0.0.1", "127.0.0.1", true)]
    [InlineData("::1", "127.0.0.1", true)]
    [InlineData(Loopback, "169.254.1.1", true)]
    [InlineData(Link, "169.254.1.1", true)]
    [InlineData(Link, "127.0.0.1", false)]
    [InlineData("fe80::7", "fe80::1", true)]
    [InlineData(Loopback, "0.0.0.0", false)]
    [InlineData(Loopback, "0.1.2.3", false)]
    [InlineData(Loopback, "::", false)]
    [InlineData(Loopback, "224.0.0.1", false)]
    [InlineData(Loopback, "239.255.255.250", false)]
    [InlineData(Loopback, "ff02::1", false)]
    [InlineData(Loopback, "255.255.255.255", false)]
    public void An_address_is_tried_only_if_the_tracker_can_know_it(string tracker, string named, bool permitted) =>
        Assert.Equal(permitted, new NamedAddresses(IPAddress.Parse(tracker)).Permits(named));

    [Fact]
    public void Without_a_tracker_local_addresses_are_not_tried()
    {
        Assert.False(NamedAddresses.WithoutTracker.Permits("127.0.0.1"));
        Assert.False(NamedAddresses.WithoutTracker.Permits("169.254.1.1"));
        Assert.True(NamedAddresses.WithoutTracker.Permits("10.0.0.1"));
    }

    [Fact]
    public void Filtering_keeps_the_permitted_hosts_and_leaves_the_original_song_unchanged()
    {
        var addresses = new NamedAddresses(IPAddress.Parse(Public));
        var song = new Song { Id = 3, Hosts = { Host("127.0.0.1"), Host("198.51.100.1"), Host("::1") } };

        var filtered = addresses.Filter(song, out var refused);

        Assert.Equal(["198.51.100.1"], filtered.Hosts.Select(host => host.Address));
        Assert.Equal(["127.0.0.1", "::1"], refused.Select(host => host.Address));
        Assert.Equal(3, song.Hosts.Count);
        Assert.Same(filtered, addresses.Filter(filtered, out _));
    }

    [Theory]
    [InlineData("fe80::5%3", "fe80::7", "fe80::7%3")]
    [InlineData("fe80::5%3", "fe80::7%9", "fe80::7%3")]
    [InlineData("fe80::5%3", "2001:db8::7", "2001:db8::7")]
    [InlineData("fe80::5%3", "169.254.1.1", "169.254.1.1")]
    [InlineData("fe80::5%3", "host.example", "host.example")]
    [InlineData(Public, "fe80::7", "fe80::7")]
    [InlineData("2001:db8::5", "fe80::7%9", "fe80::7%9")]
    public void A_link_local_host_is_on_the_link_to_the_tracker(string tracker, string named, string dialled)
    {
        var song = new Song { Id = 3, Hosts = { Host(named) } };

        new NamedAddresses(IPAddress.Parse(tracker)).AddScopes(song);

        Assert.Equal(dialled, song.Hosts[0].Address);
    }

    [Theory]
    [InlineData("fe80::5%3", "[fe80::7]:7071", "[fe80::7%3]:7071")]
    [InlineData("fe80::5%3", "[fe80::7%9]:7071", "[fe80::7%3]:7071")]
    [InlineData("fe80::5%3", "[2001:db8::7]:7071", "[2001:db8::7]:7071")]
    [InlineData("fe80::5%3", "ben.example:7071", "ben.example:7071")]
    [InlineData(Public, "[fe80::7]:7071", "[fe80::7]:7071")]
    public void A_link_local_endpoint_in_a_call_is_on_the_link_to_the_tracker(string tracker, string named, string dialled)
    {
        var call = new Call { Endpoint = named };

        new NamedAddresses(IPAddress.Parse(tracker)).AddScope(call);

        Assert.Equal(dialled, call.Endpoint);
    }

    [Fact]
    public void Trackers_at_local_addresses_are_not_tried_if_a_remote_tracker_names_them() => Assert.Equal(
        ["t2.example:7070", "198.51.100.1:7070", "not an address"],
        new NamedAddresses(IPAddress.Parse(Public)).Filter(
            ["t2.example:7070", "127.0.0.1:22", "[::1]:22", "198.51.100.1:7070", "169.254.169.254:80", "not an address"]));

    private static Host Host(string address) => new() { Address = address, Port = 7071 };
}
