using System.Net;
using System.Text;
using FsCheck.Xunit;
using TspActors.Peer.Reaching.Mapping;

namespace TspActors.Peer.Tests.Reaching.Mapping;

/// <summary>Checks the search for UPnP routers, and which addresses in their replies are accepted.</summary>
public sealed class IgdDiscoverySpecs
{
    private static readonly IPAddress Router = IPAddress.Parse("192.168.1.1");

    [Fact]
    public void A_search_names_its_target_and_the_endpoint_that_it_is_sent_to() => Assert.Equal(
        "M-SEARCH * HTTP/1.1\r\nHOST: 239.255.255.250:1900\r\nMAN: \"ssdp:discover\"\r\nMX: 2\r\nST: urn:x\r\n\r\n",
        Encoding.ASCII.GetString(IgdDiscovery.Request("urn:x", RouterAddresses.DefaultSearch)));

    [Fact]
    public void Both_versions_of_the_device_and_all_services_are_searched_for() => Assert.Equal(5, IgdDiscovery.Targets.Distinct().Count());

    [Fact]
    public void The_location_is_read_whatever_the_case_of_the_header()
    {
        foreach (var header in new[] { "LOCATION", "Location", "location" })
        {
            Assert.True(Parse($"HTTP/1.1 200 OK\r\nST: {IgdDiscovery.Targets[0]}\r\n{header}:http://192.168.1.1:5000/root.xml\r\n\r\n", out var found));
            Assert.Equal("http://192.168.1.1:5000/root.xml", found?.ToString());
        }
    }

    [Theory]
    [InlineData("https://192.168.1.1/")]
    [InlineData("http://192.168.1.2/")]
    [InlineData("http://8.8.8.8/")]
    [InlineData("http://router.example/")]
    [InlineData("http://192.168.1.1@8.8.8.8/")]
    [InlineData("http://user@192.168.1.1/")]
    [InlineData("http://[::ffff:192.168.1.1]/")]
    [InlineData("ftp://192.168.1.1/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("/root.xml")]
    [InlineData("")]
    public void A_location_that_is_not_at_the_router_is_refused(string location) =>
        Assert.False(Parse($"HTTP/1.1 200 OK\r\nST: {IgdDiscovery.Targets[0]}\r\nLOCATION: {location}\r\n\r\n", out _));

    [Fact]
    public void A_public_address_is_refused_even_if_it_is_the_router() =>
        Assert.False(IgdDiscovery.IsAtGateway(new Uri("http://5.5.0.1/"), IPAddress.Parse("5.5.0.1")));

    [Theory]
    [InlineData("NOTIFY * HTTP/1.1\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: http://192.168.1.1/\r\n\r\n")]
    [InlineData("HTTP/1.1 404 Not Found\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\nLOCATION: http://192.168.1.1/\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:MediaServer:1\r\nLOCATION: http://192.168.1.1/\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nLOCATION: http://192.168.1.1/\r\n\r\n")]
    [InlineData("HTTP/1.1 200 OK\r\nST: urn:schemas-upnp-org:device:InternetGatewayDevice:1\r\n\r\n")]
    public void A_packet_that_is_not_a_reply_to_the_search_is_ignored(string packet) => Assert.False(Parse(packet, out _));

    [Property]
    public void Arbitrary_packets_never_cause_an_exception(byte[] packet) => Assert.False(IgdDiscovery.TryParse(packet, Router, out _));

    private static bool Parse(string packet, out Uri? location) =>
        IgdDiscovery.TryParse(Encoding.ASCII.GetBytes(packet), Router, out location);
}
