using System.Net;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Checks how a host is encoded, and that its port can change without changing the length.</summary>
public sealed class CatalogHostSpecs
{
    [Fact]
    public void A_peer_without_features_is_encoded_as_before()
    {
        var expected = new Host
        {
            PeerId = ByteString.CopyFrom(Samples.Peer(1).ToArray()),
            Name = "peer 1",
            Address = "10.0.0.1",
            Port = 7071,
        };

        Assert.Equal([.. expected.ToByteArray(), 0x28, 0], Bytes(Samples.Host(1)));
        expected.Reachable = true;
        Assert.Equal(expected, Parsed(Of(PeerFeatures.None, reach: PortReach.Reachable)));
    }

    [Theory]
    [InlineData(PeerFeatures.Call, true)]
    [InlineData(PeerFeatures.Callable, false)]
    public void A_port_of_three_bytes_is_read_like_any_other(PeerFeatures features, bool isCallable)
    {
        foreach (var port in new[] { 1, 80, 127, 128, 7071, 16_383, 16_384, 65_535 })
        {
            var host = Of(features, port, PortReach.Reachable);
            var expected = new Host
            {
                PeerId = ByteString.CopyFrom(Samples.Peer(1).ToArray()),
                Name = "peer 1",
                Address = "10.0.0.1",
                Port = (uint)port,
                Reachable = true,
                Callable = isCallable,
            };
            Assert.Equal(expected, Parsed(host));
        }
    }

    [Fact]
    public void A_change_of_the_port_keeps_the_length_of_the_encoded_host()
    {
        var host = Of(PeerFeatures.Call);
        var length = host.EncodedLength;
        foreach (var port in new[] { 1, 443, 20_000, 65_535 })
        {
            host.MoveTo(port, null);
            Assert.Equal((port, length), (host.Port, host.EncodedLength));
            Assert.Equal((uint)port, Parsed(host).Port);
        }
    }

    [Fact]
    public void A_peer_without_features_keeps_its_port()
    {
        var host = Samples.Host(1);

        host.MoveTo(9000, null);

        Assert.Equal(7071, host.Port);
        Assert.Equal(7071u, Parsed(host).Port);
    }

    [Fact]
    public void Local_endpoints_change_only_if_new_ones_are_given_and_are_never_listed()
    {
        var host = Of(PeerFeatures.Call);

        host.MoveTo(7071, ["192.168.1.5:7071"]);
        host.MoveTo(9000, null);

        Assert.Equal(["192.168.1.5:7071"], host.LocalEndpoints);
        Assert.DoesNotContain("192.168", $"{Parsed(host)}", StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("203.0.113.5", "203.0.113.5", true)]
    [InlineData("203.0.113.5", "203.0.113.6", false)]
    [InlineData("2001:db8:1:2::5", "2001:db8:1:2::6", true)]
    [InlineData("2001:db8:1:2::5", "2001:db8:1:3::5", false)]
    public void Only_a_requester_at_the_same_address_learns_the_local_endpoints(string host, string requester, bool learns)
    {
        var hosting = new CatalogHost(Samples.Peer(1), "peer 1", host, 7071, IPAddress.Parse(host))
        {
            LocalEndpoints = ["192.168.1.5:7071"],
        };

        var ways = GrantView.Of(Samples.Host(2), IPAddress.Parse(requester)).Of([hosting]);

        string[] learnt = learns ? ["192.168.1.5:7071"] : [];
        Assert.Equal(learnt, ways.SelectMany(way => way.Endpoints));
        Assert.Empty(GrantView.Of(null, IPAddress.Parse(requester)).Of([hosting]));
    }

    [Theory]
    [InlineData(PeerFeatures.Callable, 7072, PortReach.Reachable, true)]
    [InlineData(PeerFeatures.Callable, 7072, PortReach.Unknown, true)]
    [InlineData(PeerFeatures.Callable, 7072, PortReach.Unreachable, false)]
    [InlineData(PeerFeatures.Callable, 0, PortReach.Unknown, false)]
    [InlineData(PeerFeatures.Callable, 22, PortReach.Unknown, false)]
    [InlineData(PeerFeatures.Call, 7072, PortReach.Reachable, false)]
    internal void A_call_is_worthwhile_only_if_the_requesters_port_may_be_reached_and_the_host_can_be_called(
        PeerFeatures features, int port, PortReach reach, bool isWorthwhile)
    {
        var requester = new CatalogHost(Samples.Peer(2), "peer 2", "10.0.0.2", port, reach: reach, features: features);

        var ways = GrantView.Of(requester, IPAddress.Parse("10.0.0.2")).Of([Samples.Host(3), Of(PeerFeatures.Call)]);

        (PeerId, bool)[] expected = isWorthwhile ? [(Samples.Peer(3), false), (Samples.Peer(1), true)] : [];
        Assert.Equal(expected, ways.Select(way => (new PeerId(way.PeerId.Span), way.Callable)));
    }

    private static CatalogHost Of(PeerFeatures features, int port = 7071, PortReach reach = PortReach.Unknown) =>
        new(Samples.Peer(1), "peer 1", "10.0.0.1", port, reach: reach, features: features);

    private static Host Parsed(CatalogHost host) => Host.Parser.ParseFrom(Bytes(host));

    private static byte[] Bytes(CatalogHost host)
    {
        var bytes = new byte[host.EncodedLength];
        Assert.Equal(bytes.Length, host.WriteTo(bytes));
        return bytes;
    }
}
