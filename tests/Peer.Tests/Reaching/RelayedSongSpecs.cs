using System.Collections.Concurrent;
using System.Net;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Relays;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks that songs pass through a relay between a requester and a host that cannot reach each other.</summary>
public sealed class RelayedSongSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private static readonly ListeningSettings Calm = new()
    {
        ConnectTimeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        SilenceTimeout = TimeSpan.FromMinutes(1),
        Rounds = 3,
        HostsAtOnce = 1,
        RoundDelay = TimeSpan.FromMilliseconds(1),
    };

    private readonly TlsIdentity _host = TlsIdentity.CreateNew();
    private readonly TlsIdentity _requester = TlsIdentity.CreateNew();
    private readonly RelayCounts _counts = new();
    private readonly ConcurrentQueue<RelayReservation> _places = [];
    private readonly TestSong _song = new(200_000);

    [Fact]
    public async Task A_song_arrives_through_a_relay_when_the_host_cannot_be_reached()
    {
        var sink = new MemorySink();
        await FetchAsync(sink, _host);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(_song.Payload, sink.Bytes);
        Assert.Single(_places);
        Assert.InRange(_counts.Bytes, _song.Payload.Length, 2 * _song.Payload.Length);
    }

    [Fact]
    public async Task When_a_relay_ends_in_the_middle_another_place_continues_at_the_exact_byte()
    {
        var sink = new MemorySink();
        await FetchAsync(sink, _host, firstPlaceBytes: 120_000);
        Assert.IsType<FetchCompleted>(await OutcomeAsync());
        Assert.Equal(_song.Payload, sink.Bytes);
        Assert.Equal(2, _places.Count);
        // Far less than twice the song: the second place did not start again at the beginning.
        Assert.InRange(_counts.Bytes, _song.Payload.Length, _song.Payload.Length * 3 / 2);
    }

    [Fact]
    public async Task A_host_with_another_key_behind_the_relay_is_refused()
    {
        var sink = new MemorySink();
        await FetchAsync(sink, TlsIdentity.CreateNew());
        var failed = Assert.IsType<FetchFailed>(await OutcomeAsync());
        Assert.Contains("relay", failed.Reason, StringComparison.Ordinal);
        Assert.Empty(sink.Bytes);
    }

    // The peer that answers behind the relay has this identity; the grant names the host.
    private async Task FetchAsync(MemorySink sink, TlsIdentity behind, long firstPlaceBytes = 0)
    {
        await StartHostAsync();
        Share(_song);
        var security = new HostSecurity(null, behind.KeyId) { Peer = behind.KeyId.ToPeerId() };
        var callBacks = Sys.ActorOf(CallBackActor.Props(
            new CallBackRules(security, Songs, behind), call => HostSessionActor.Props(security, Songs, Hosting, 0, call), Hosting));
        var (desk, relay) = await StartRelayAsync();
        var calls = Sys.ActorOf(CallDeskActor.Props(ActorRefs.Nobody));
        var (requesterId, hostId) = (_requester.KeyId.ToPeerId(), _host.KeyId.ToPeerId());
        Func<RelayReservation> newPlace = () => NewPlace(requesterId, hostId, firstPlaceBytes);
        calls.Tell(new UseLink(Sys.ActorOf(Props.Create(() => new ArrangingLink(desk, relay, callBacks, calls, newPlace)))));

        var requester = new Requester(requesterId, "ear", null) { Tls = _requester, Calls = calls, UsesRelays = true };
        var answers = new ConcurrentDictionary<int, Func<object>> { [1] = Grant };
        var link = Sys.ActorOf(Props.Create(() => new GrantingLink(answers)));
        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Full, sink, requester, null, KnownHosts.None), Calm, link, TestActor));
    }

    private async Task<(IActorRef Desk, IPEndPoint Address)> StartRelayAsync()
    {
        var desk = Sys.ActorOf(RelayDeskActor.Props(new RelaySettings { MaxSessionsPerAddress = 10 }, _counts));
        var security = new HostSecurity(null) { RelayDesk = desk };
        var (address, _) = await Sys.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Patient with { Bodies = HostBodies.All, CloseTimeout = TimeSpan.FromSeconds(1) },
            () => HostSessionActor.Props(security, new OwnSongsCell(), ActorRefs.Nobody), "relay");
        return (desk, address);
    }

    private RelayReservation NewPlace(PeerId requester, PeerId host, long firstPlaceBytes)
    {
        var place = RelayReservation.New(requester, host) with { MaxBytes = _places.IsEmpty ? firstPlaceBytes : 0 };
        _places.Enqueue(place);
        return place;
    }

    // Nothing listens on port 1 of this machine.
    private PlayGrant Grant()
    {
        var id = ByteString.CopyFrom(_host.KeyId.ToArray());
        var host = new Host { Name = "ann", PeerId = id, Address = "127.0.0.1", Port = 1, Secure = true };
        return new PlayGrant { Song = _song.ToSong(1, [host]), Reach = { new HostReach { PeerId = id, Relayable = true } } };
    }

    private async Task<object> OutcomeAsync() =>
        await FishForMessageAsync<object>(message => message is FetchCompleted or FetchFailed, TimeSpan.FromSeconds(30));

    /// <summary>The tracker and its links to both ends: reserves a place for each call, and sends both ends their tickets.</summary>
    private sealed class ArrangingLink(
        IActorRef relay, IPEndPoint at, IActorRef callBacks, IActorRef calls, Func<RelayReservation> newPlace) : UntypedActor
    {
        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case SendCall { Call.Way: CallWay.Relay, Call.Refusal: "" } send:
                    var place = newPlace();
                    relay.Tell(new ReservePlace(place, new Asked(send, place)));
                    break;
                case PlaceReserved { Refusal: ErrorCode.Unknown, Tag: Asked asked }:
                    var (call, kept) = (asked.Send.Call, asked.Place);
                    callBacks.Tell(new CallReceived(Relayed(call, kept.Requester, kept.HostTicket), asked.Send.SongId, IsPermitted: true));
                    calls.Tell(new CallReceived(Relayed(call, kept.Host, kept.RequesterTicket), asked.Send.SongId, IsPermitted: true));
                    break;
            }
        }

        private Call Relayed(Call call, PeerId other, RelayTicket ticket) => new()
        {
            Token = call.Token,
            PeerId = ByteString.CopyFrom(other.ToArray()),
            Way = CallWay.Relay,
            Endpoint = at.ToString(),
            Secure = true,
            RelayTicket = ByteString.CopyFrom(ticket.ToArray()),
        };

        private sealed record Asked(SendCall Send, RelayReservation Place);
    }
}
