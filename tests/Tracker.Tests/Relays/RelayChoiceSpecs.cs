using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Calls;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Relays;
using TspActors.Transport;

namespace TspActors.Tracker.Tests.Relays;

/// <summary>Checks which volunteer is asked for a place.</summary>
public sealed class RelayChoiceSpecs : ProbeSpec
{
    [Theory]
    [InlineData("198.51.100.2", "198.51.100.3", "203.0.113.1")]
    [InlineData("2001:db8:2::2", "2001:db8:3::3", "2001:db8:1::1")]
    public async Task A_volunteer_that_both_ends_can_connect_to_is_asked_first(string requester, string host, string expected)
    {
        foreach (var order in (string[][])[["203.0.113.1", "2001:db8:1::1"], ["2001:db8:1::1", "203.0.113.1"]])
        {
            var own = PeerId.NewRandom();
            var broker = Sys.ActorOf(RelayBrokerActor.Props(new KnownRelays(hasOwn: false), null, () => own));
            var connection = CreateTestProbe();
            foreach (var address in order)
            {
                broker.Tell(new VolunteerJoined(
                    HostAt(address), CreateTestProbe(), address == expected ? connection.Ref : ActorRefs.Nobody));
            }

            broker.Tell(new ArrangeRelay(PlaceAt(requester), HostAt(host)));

            await connection.ExpectMsgAsync<Send>();
        }
    }

    private static PlaceCall PlaceAt(string requester) => new(
        new Call
        {
            Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
            PeerId = ByteString.CopyFrom(PeerId.NewRandom().ToArray()),
            Way = CallWay.Relay,
        },
        1, HostAt(requester), IPAddress.Parse(requester), ActorRefs.Nobody, ActorRefs.Nobody);

    private static CatalogHost HostAt(string address) => new(
        PeerId.NewRandom(), "peer", address, 7071, IPAddress.Parse(address), PortReach.Reachable, isSecure: true);
}
