using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Relays;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks how the endpoint in a call is written.</summary>
public sealed class CallEndpointSpecs : ProbeSpec
{
    private const PeerFeatures User = PeerFeatures.Call | PeerFeatures.Callable | PeerFeatures.RelayUser;

    private static readonly IPEndPoint Scoped = new(IPAddress.Parse("fe80::7%3"), 7071);

    [Theory]
    [InlineData(CallWay.Back)]
    [InlineData(CallWay.Relay)]
    public async Task A_link_local_endpoint_has_no_scope(CallWay way)
    {
        var host = HostAt("fe80::9");
        var registry = Samples.Registry(int.MaxValue);
        registry.Join(host);
        registry.Apply(host.Id, Samples.Complete(Samples.Song(1)));
        var catalog = new PublishedCatalog { Current = registry.Publish() };
        var (peers, other) = (CreateTestProbe(), CreateTestProbe());
        var calls = Sys.ActorOf(CallDeskActor.Props(
            catalog, peers, other, new RemoteRegistrations(), new TrackerCounts(), other));

        calls.Tell(new PlaceCall(
            new Call
            {
                Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
                PeerId = ByteString.CopyFrom(host.Id.ToArray()),
                Way = way,
            },
            1, HostAt("fe80::7"), Scoped.Address, ActorRefs.Nobody, ActorRefs.Nobody));
        if (way == CallWay.Back)
            other.Reply(new PortAnswer((await other.ExpectMsgAsync<AskPort>()).Tag, Scoped));
        else
            other.Reply(Arranged((await other.ExpectMsgAsync<ArrangeRelay>()).Place));

        var frame = (await peers.ExpectMsgAsync<DeliverCall>()).Frame;
        Assert.Equal("[fe80::7]:7071", Call.Parser.ParseFrom(frame.Span[FrameHeader.SizeWithLength..]).Endpoint);
    }

    private static RelayArranged Arranged(PlaceCall place) => new(
        place, new RelayOffer(PeerId.NewRandom(), Scoped, RelayReservation.New(place.Requester.Id, place.Host)));

    private static CatalogHost HostAt(string address) => new(
        PeerId.NewRandom(), "peer", address, 7071, IPAddress.Parse(address), PortReach.Reachable, isSecure: true, features: User);
}
