using System.Net;
using TspActors.Tracker.Discovery;
using TspActors.Transport.Multicast;

namespace TspActors.Tracker.Tests.Discovery;

/// <summary>Checks on which networks a tracker is announced, and with which addresses.</summary>
public sealed class AnnouncedAddressesSpecs
{
    private static readonly MulticastInterface[] All =
    [
        new("lo", 1, [IPAddress.Loopback, IPAddress.IPv6Loopback]) { IsLoopback = true },
        new("eth0", 2, [IPAddress.Parse("192.168.1.5"), IPAddress.Parse("fe80::1")]),
        new("wlan0", 3, [IPAddress.Parse("fe80::2")]),
    ];

    [Theory]
    [InlineData("0.0.0.0", "eth0 192.168.1.5")]
    [InlineData("::", "eth0 192.168.1.5 fe80::1, wlan0 fe80::2")]
    [InlineData("192.168.1.5", "eth0 192.168.1.5")]
    [InlineData("127.0.0.1", "lo 127.0.0.1")]
    [InlineData("::1", "lo ::1")]
    [InlineData("10.0.0.1", "")]
    public void A_tracker_is_announced_where_it_listens(string bound, string expected) => Assert.Equal(
        expected,
        string.Join(", ", AnnouncedAddresses.Select(All, IPAddress.Parse(bound)).Select(
            network => $"{network.Name} {string.Join(' ', network.Addresses)}")));
}
