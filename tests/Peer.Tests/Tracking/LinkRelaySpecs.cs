using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport.Relays;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks how a peer answers a tracker that asks it for a place at its relay.</summary>
public sealed class LinkRelaySpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    private const int RequestId = 77;

    [Fact]
    public async Task A_volunteer_keeps_a_place_and_refuses_the_next_one_when_it_is_full()
    {
        using var tracker = await RegisterAsync(
            Sys.ActorOf(RelayDeskActor.Props(new RelaySettings { MaxSessions = 1 }, new RelayCounts())));
        Assert.True((await Ask(tracker, NewPlace().ToRelay())).Ok);
        var second = await Ask(tracker, NewPlace().ToRelay());
        Assert.Equal((false, ErrorCode.Busy), (second.Ok, second.Code));
    }

    [Fact]
    public async Task A_place_without_two_named_ends_is_refused()
    {
        using var tracker = await RegisterAsync(Sys.ActorOf(RelayDeskActor.Props(new RelaySettings(), new RelayCounts())));
        var place = NewPlace().ToRelay();
        place.HostId = Google.Protobuf.ByteString.Empty;
        Assert.Equal(ErrorCode.BadRequest, (await Ask(tracker, place)).Code);
    }

    [Fact]
    public async Task A_peer_that_does_not_relay_keeps_no_place()
    {
        using var tracker = await RegisterAsync(ActorRefs.Nobody);
        Assert.Equal(ErrorCode.Unsupported, (await Ask(tracker, NewPlace().ToRelay())).Code);
    }

    private async Task<RawTspClient> RegisterAsync(IActorRef desk)
    {
        OpenTrackers(1);
        var identity = new LinkIdentity(Peer, "ann", 7071, "", false, [AddressOf(0)], null) { RelayDesk = desk };
        Sys.ActorOf(TrackerLinkActor.Props(identity, Calm, TestActor));
        await ExpectMsgAsync<WatchLibrary>();
        return await RegisterAsync();
    }

    private static async Task<Relay> Ask(RawTspClient tracker, Relay place)
    {
        await tracker.Send(Operation.Relay, RequestId, place);
        var reply = await tracker.SkipTo(Operation.Relay);
        Assert.Equal(RequestId, reply.SongId);
        return RawTspClient.Parse<Relay>(reply);
    }

    private static RelayReservation NewPlace() => RelayReservation.New(PeerId.NewRandom(), PeerId.NewRandom());
}
