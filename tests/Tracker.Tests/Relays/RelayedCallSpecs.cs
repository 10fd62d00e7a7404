using System.Net;
using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Reachability;
using TspActors.Transport.Relays;

namespace TspActors.Tracker.Tests.Relays;

/// <summary>Checks that the tracker arranges relays for calls, and between whom.</summary>
public sealed class RelayedCallSpecs : TrackerSpec
{
    private const PeerFeatures User = PeerFeatures.Call | PeerFeatures.RelayUser;

    private readonly PeerKey _requester = new();
    private readonly PeerKey _host = new();
    private readonly PeerKey _volunteer = new();
    private readonly List<Socket> _ports = [];

    protected override TrackerSettings Settings => Patient with
    {
        Reachability = new ReachabilitySettings { Timeout = TimeSpan.FromSeconds(20) },
        Relay = new RelaySettings { Enabled = true },
    };

    private static TrackerSettings WithoutOwn => Patient with
    {
        Reachability = new ReachabilitySettings { Timeout = TimeSpan.FromSeconds(20) },
    };

    public override async Task DisposeAsync()
    {
        foreach (var port in _ports)
            port.Dispose();
        await base.DisposeAsync();
        _requester.Dispose();
        _host.Dispose();
        _volunteer.Dispose();
    }

    [Fact]
    public async Task Requester_and_host_learn_the_relay_and_each_a_ticket_of_its_own()
    {
        var (requester, host) = await JoinBoth();
        var (atRequester, atHost) = await Call(requester, host);
        Assert.Equal(_host.Peer, new PeerId(atRequester.PeerId.Span));
        Assert.Equal(_requester.Peer, new PeerId(atHost.PeerId.Span));
        Assert.Equal(CallWay.Relay, atHost.Way);
        Assert.True(atHost.Secure);
        Assert.Equal((RelayTicket.Size, RelayTicket.Size), (atRequester.RelayTicket.Length, atHost.RelayTicket.Length));
        Assert.NotEqual(atRequester.RelayTicket, atHost.RelayTicket);
        Assert.Equal(_tracker.Address.ToString(), atRequester.Endpoint);
        Assert.Equal(_tracker.KeyId, new KeyId(atHost.RelayId.Span));
    }

    [Fact]
    public async Task The_two_speak_TLS_through_the_tracker_and_prove_their_keys()
    {
        var (requester, host) = await JoinBoth();
        var (atRequester, atHost) = await Call(requester, host);
        var (one, other) = (await Show(atRequester), await Show(atHost));
        Assert.True((await one.Expect<Relay>(Operation.Relay)).Ok);
        Assert.True((await other.Expect<Relay>(Operation.Relay)).Ok);
        await Task.WhenAll(other.AcceptTls(_host.Context), one.StartTls(_requester.Context));
        Assert.Equal((_host.Id, _requester.Id), (one.RemoteKey, other.RemoteKey));
        await one.Send(Operation.Play, 1);
        Assert.Equal(1, (await other.Expect(Operation.Play)).SongId);
    }

    [Fact]
    public async Task A_tracker_that_requires_TLS_accepts_tickets_in_plain_and_nothing_else()
    {
        await StartTracker(Settings with { Encryption = TrackerEncryption.Require });
        var (requester, host) = await JoinBoth();
        var (atRequester, atHost) = await Call(requester, host);
        var (one, other) = (await Show(atRequester), await Show(atHost));
        Assert.True((await one.Expect<Relay>(Operation.Relay)).Ok);
        Assert.True((await other.Expect<Relay>(Operation.Relay)).Ok);

        var plain = await Connect();
        await plain.Send(Operation.List);
        await plain.ExpectError(ErrorCode.Unauthenticated);
        await plain.ExpectEnd();
    }

    [Fact]
    public async Task Nothing_in_a_call_can_send_anybody_to_a_third_address()
    {
        var (requester, host) = await JoinBoth();
        var call = RelayCall();
        call.Endpoint = "203.0.113.9:22";
        call.RelayId = ByteString.CopyFrom(PeerId.NewRandom().ToArray());
        call.RelayTicket = ByteString.CopyFrom(RelayTicket.NewRandom().ToArray());
        await requester.Send(Operation.Call, 1, call);
        foreach (var end in (RawTspClient[])[requester, host])
        {
            var received = await end.SkipTo<Call>(Operation.Call);
            Assert.Equal(_tracker.Address.ToString(), received.Endpoint);
            Assert.NotEqual(call.RelayId, received.RelayId);
            Assert.NotEqual(call.RelayTicket, received.RelayTicket);
        }
    }

    [Fact]
    public async Task A_ticket_of_a_stranger_is_refused()
    {
        var stranger = await Show(new Call { RelayTicket = ByteString.CopyFrom(RelayTicket.NewRandom().ToArray()) });
        await stranger.ExpectError(ErrorCode.Forbidden);
        await stranger.ExpectEnd();
    }

    [Fact]
    public async Task A_grant_says_whether_a_relay_is_available_and_only_to_those_who_can_use_one()
    {
        var (requester, _) = await JoinBoth();
        Assert.True((await Grant(requester)).Reach.Single().Relayable);
        var plain = await Join(3);
        Assert.DoesNotContain((await Grant(plain)).Reach, way => way.Relayable);
    }

    [Fact]
    public async Task A_requester_in_plain_is_refused()
    {
        await JoinBoth();
        var plain = await Join(3);
        await plain.Send(Operation.Call, 1, RelayCall());
        Assert.Equal(ErrorCode.Forbidden, (await plain.SkipTo<Call>(Operation.Call)).Code);
    }

    [Fact]
    public async Task A_visitor_is_offered_no_relay_and_its_calls_and_reports_are_refused()
    {
        await JoinBoth();
        var visitor = await Connect();
        await visitor.StartTls(_requester.Context);
        var hello = _requester.Hello(port: 0);
        hello.Hello.Features = (ulong)User;
        await visitor.Send(Operation.Init, 0, hello);
        await visitor.Expect(Operation.Init);

        Assert.DoesNotContain((await Grant(visitor)).Reach, way => way.Relayable);
        var call = RelayCall();
        await visitor.Send(Operation.Call, 1, call);
        var refusal = await visitor.Expect<Call>(Operation.Call);
        Assert.Equal(
            (ErrorCode.Forbidden, call.Token, call.PeerId, call.Way), (refusal.Code, refusal.Token, refusal.PeerId, refusal.Way));
        await visitor.Send(Operation.Reach, 5, new Reach { ListenPort = 7072 });
        await visitor.ExpectError(ErrorCode.BadRequest, 5);
        await visitor.Settle();
    }

    [Fact]
    public async Task A_host_that_does_not_use_relays_is_not_called()
    {
        var requester = await JoinSecure(_requester, User);
        await ShareSong(await JoinSecure(_host, PeerFeatures.Call));
        await requester.Send(Operation.Call, 1, RelayCall());
        Assert.Equal(ErrorCode.Forbidden, (await requester.SkipTo<Call>(Operation.Call)).Code);
    }

    [Fact]
    public async Task Without_a_relay_the_call_is_refused_and_the_grant_says_so()
    {
        await StartTracker(WithoutOwn);
        var (requester, _) = await JoinBoth();
        Assert.DoesNotContain((await Grant(requester)).Reach, way => way.Relayable);
        await requester.Send(Operation.Call, 1, RelayCall());
        Assert.Equal(ErrorCode.NoHost, (await requester.SkipTo<Call>(Operation.Call)).Code);
    }

    [Fact]
    public async Task A_volunteer_is_asked_for_a_place_and_both_ends_are_sent_to_its_port()
    {
        await StartTracker(WithoutOwn);
        var (requester, host) = await JoinBoth();
        var (volunteer, port) = await Volunteer(_volunteer);
        await RelayIsKnown(requester);
        await requester.Send(Operation.Call, 1, RelayCall());

        var asked = await volunteer.SkipTo(Operation.Relay);
        var place = RawTspClient.Parse<Relay>(asked);
        Assert.Equal((_requester.Peer, _host.Peer), (new PeerId(place.RequesterId.Span), new PeerId(place.HostId.Span)));
        await volunteer.Send(Operation.Relay, asked.SongId, new Relay { Ok = true });

        var atHost = await host.SkipTo<Call>(Operation.Call);
        var atRequester = await requester.SkipTo<Call>(Operation.Call);
        Assert.Equal((port.ToString(), port.ToString()), (atHost.Endpoint, atRequester.Endpoint));
        Assert.Equal((place.TicketHost, place.TicketRequester), (atHost.RelayTicket, atRequester.RelayTicket));
        Assert.Equal(_volunteer.Peer, new PeerId(atHost.RelayId.Span));
    }

    [Fact]
    public async Task A_volunteer_that_refuses_leaves_the_call_without_a_relay()
    {
        await StartTracker(WithoutOwn);
        var (requester, _) = await JoinBoth();
        var (volunteer, _) = await Volunteer(_volunteer);
        await RelayIsKnown(requester);
        await requester.Send(Operation.Call, 1, RelayCall());
        var asked = await volunteer.SkipTo(Operation.Relay);
        await volunteer.Send(Operation.Relay, asked.SongId, new Relay { Code = ErrorCode.Busy });
        Assert.Equal(ErrorCode.NoHost, (await requester.SkipTo<Call>(Operation.Call)).Code);
    }

    [Fact]
    public async Task Volunteers_that_keep_no_places_do_not_keep_the_others_from_being_asked()
    {
        await StartTracker(WithoutOwn);
        var (requester, _) = await JoinBoth();
        using PeerKey second = new(), keeping = new(), newcomer = new();
        foreach (var key in (PeerKey[])[_volunteer, second])
            _ = AnswerAll((await Volunteer(key)).Client, new Relay { Code = ErrorCode.Busy });
        await RelayIsKnown(requester);
        _ = AnswerAll((await Volunteer(keeping)).Client, new Relay { Ok = true });

        // The first call may reach only those that refuse. After that, they come last.
        var call = await CallOnce();
        while (call.Code == ErrorCode.NoHost)
            call = await CallOnce();
        Assert.Equal(keeping.Peer, new PeerId(call.RelayId.Span));

        // A newcomer has fewer places than the one that keeps them.
        _ = AnswerAll((await Volunteer(newcomer)).Client, new Relay { Code = ErrorCode.Busy });
        Assert.Equal(keeping.Peer, new PeerId((await CallOnce()).RelayId.Span));

        async Task<Call> CallOnce()
        {
            await requester.Send(Operation.Call, 1, RelayCall());
            return await requester.SkipTo<Call>(Operation.Call);
        }

        static async Task AnswerAll(RawTspClient volunteer, Relay answer)
        {
            while (true)
                await volunteer.Send(Operation.Relay, (await volunteer.SkipTo(Operation.Relay)).SongId, answer);
        }
    }

    [Fact]
    public async Task Only_the_volunteer_that_was_asked_can_answer()
    {
        await StartTracker(WithoutOwn);
        var (requester, host) = await JoinBoth();
        var (volunteer, port) = await Volunteer(_volunteer);
        await RelayIsKnown(requester);
        await requester.Send(Operation.Call, 1, RelayCall());
        var asked = await volunteer.SkipTo(Operation.Relay);
        await host.Send(Operation.Relay, asked.SongId, new Relay { Code = ErrorCode.Busy });
        await host.Send(Operation.Ping, 9);
        await host.SkipTo(Operation.Pong);
        await volunteer.Send(Operation.Relay, asked.SongId, new Relay { Ok = true });
        Assert.Equal(port.ToString(), (await requester.SkipTo<Call>(Operation.Call)).Endpoint);
    }

    [Fact]
    public async Task Neither_end_relays_for_itself()
    {
        await StartTracker(WithoutOwn);
        var requester = await JoinSecure(_requester, User);
        var (host, _) = await Volunteer(_host);
        await ShareSong(host);
        await requester.Send(Operation.Call, 1, RelayCall());
        Assert.Equal(ErrorCode.NoHost, (await requester.SkipTo<Call>(Operation.Call)).Code);
    }

    private async Task<(RawTspClient Requester, RawTspClient Host)> JoinBoth()
    {
        var (requester, host) = (await JoinSecure(_requester, User), await JoinSecure(_host, User));
        await ShareSong(host);
        return (requester, host);
    }

    private async Task<RawTspClient> JoinSecure(PeerKey key, PeerFeatures features, uint port = 7071)
    {
        var client = await Connect();
        await client.StartTls(key.Context);
        var hello = key.Hello(port);
        hello.Hello.Features = (ulong)features;
        await client.Register(hello);
        return client;
    }

    // Returns once the tracker has reported that it has reached the volunteer's port.
    private async Task<(RawTspClient Client, IPEndPoint Port)> Volunteer(PeerKey key)
    {
        var socket = RawTspClient.Listen();
        _ports.Add(socket);
        var client = await JoinSecure(key, User | PeerFeatures.RelayVolunteer, (uint)socket.Address().Port);
        using (var probe = await RawTspClient.Accept(socket))
        {
            await probe.AcceptTls(key.Context);
            await probe.Send(Operation.Pong, (await probe.Expect(Operation.Ping)).SongId);
            await probe.ExpectEnd();
        }

        Assert.True((await client.SkipTo<Reach>(Operation.Reach)).Reachable);
        return (client, socket.Address());
    }

    private static async Task ShareSong(RawTspClient host)
    {
        await host.Send(Operation.Share, 0, Samples.Complete(Samples.Song(1)));
        await host.SkipTo<Assign>(Operation.Assign);
    }

    // The catalog learns a little later than the volunteer that its port is reachable.
    private static async Task RelayIsKnown(RawTspClient requester)
    {
        while (!(await Grant(requester)).Reach.Any(way => way.Relayable))
            await Task.Delay(TimeSpan.FromMilliseconds(10));
    }

    private static async Task<PlayGrant> Grant(RawTspClient client)
    {
        await client.Send(Operation.Play, 1);
        return await client.SkipTo<PlayGrant>(Operation.Play);
    }

    private async Task<(Call AtRequester, Call AtHost)> Call(RawTspClient requester, RawTspClient host)
    {
        await requester.Send(Operation.Call, 1, RelayCall());
        return (await requester.SkipTo<Call>(Operation.Call), await host.SkipTo<Call>(Operation.Call));
    }

    private Call RelayCall() => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = ByteString.CopyFrom(_host.Peer.ToArray()),
        Way = CallWay.Relay,
    };

    private async Task<RawTspClient> Show(Call call)
    {
        var client = await Connect();
        await client.Send(Operation.Relay, 0, new Relay { Ticket = call.RelayTicket });
        return client;
    }
}
