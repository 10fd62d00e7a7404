using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Relays;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Tests.Relays;

/// <summary>Checks that a place at the tracker's own relay is free again if its call ends before anybody has received a ticket.</summary>
public sealed class UnusedPlaceSpecs : ProbeSpec
{
    private const PeerFeatures User = PeerFeatures.Call | PeerFeatures.RelayUser;

    private static readonly IPAddress Requester = IPAddress.Parse("198.51.100.2");
    private static readonly IPEndPoint Relay = new(IPAddress.Parse("203.0.113.1"), 7070);

    private readonly CatalogHost _host = HostAt("203.0.113.9");
    private readonly PublishedCatalog _catalog = new();

    public UnusedPlaceSpecs()
    {
        var registry = Samples.Registry(int.MaxValue);
        registry.Join(_host);
        registry.Apply(_host.Id, Samples.Complete(Samples.Song(1)));
        _catalog.Current = registry.Publish();
    }

    [Fact]
    public async Task A_host_that_refuses_while_the_relay_is_being_arranged_uses_no_place()
    {
        var relays = CreateTestProbe();
        var calls = Sys.ActorOf(CallDeskActor.Props(
            _catalog, ActorRefs.Nobody, ActorRefs.Nobody, new RemoteRegistrations(), new TrackerCounts(), relays));
        var place = NewPlace();
        calls.Tell(place);
        var arrange = await relays.ExpectMsgAsync<ArrangeRelay>();
        Assert.Same(_host, arrange.Host);
        var offer = new RelayOffer(PeerId.NewRandom(), Relay, RelayReservation.New(place.Requester.Id, place.Host));

        calls.Tell(new RefuseCall(new Call { Token = place.Call.Token, Code = ErrorCode.Busy, Refusal = "full" }, place.Host));
        calls.Tell(new RelayArranged(place, offer), relays);

        Assert.Same(offer, (await relays.ExpectMsgAsync<CancelRelay>()).Offer);
    }

    [Fact]
    public async Task The_relay_learns_who_the_place_is_for_and_that_nobody_will_come()
    {
        var (relay, id) = (CreateTestProbe(), PeerId.NewRandom());
        var broker = Sys.ActorOf(RelayBrokerActor.Props(new KnownRelays(hasOwn: true), relay, () => id, Relay));
        broker.Tell(new ArrangeRelay(NewPlace(), _host), TestActor);
        var reserve = await relay.ExpectMsgAsync<ReservePlace>();
        Assert.Equal(Requester, reserve.Reservation.RequesterAddress);
        relay.Reply(new PlaceReserved(reserve.Tag, ErrorCode.Unknown));
        var offer = (await ExpectMsgAsync<RelayArranged>()).Offer!;

        // The tracker's certificate may have been renewed since.
        id = PeerId.NewRandom();
        broker.Tell(new CancelRelay(offer with { IsOwn = false }));
        broker.Tell(new CancelRelay(offer));

        Assert.Same(reserve.Reservation, (await relay.ExpectMsgAsync<CancelPlace>()).Reservation);
        await relay.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    private PlaceCall NewPlace() => new(
        new Call
        {
            Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
            PeerId = ByteString.CopyFrom(_host.Id.ToArray()),
            Way = CallWay.Relay,
        },
        1, HostAt($"{Requester}"), Requester, ActorRefs.Nobody, ActorRefs.Nobody);

    private static CatalogHost HostAt(string address) => new(
        PeerId.NewRandom(), "peer", address, 7071, IPAddress.Parse(address), PortReach.Reachable, isSecure: true, features: User);
}
