using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Hosting;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Sessions;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks how a host answers calls. The test takes the place of its CallDeskActor.</summary>
public sealed class CallBackSpecs(ITestOutputHelper output) : HostSpec(output)
{
    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerKey _key = new();
    private readonly PeerKey _otherKey = new();
    private readonly Socket _port = RawTspClient.Listen();

    private HostSecurity Security => new(null, _identity.KeyId) { Peer = _identity.KeyId.ToPeerId() };

    [Fact]
    public async Task A_host_connects_shows_the_token_and_serves_the_requester_on_that_connection()
    {
        var song = new TestSong(50_000);
        var callBacks = await StartAsync(song);
        var call = CallOf();

        callBacks.Tell(new CallReceived(call, 1, true), TestActor);

        using var requester = await RawTspClient.Accept(_port);
        var frame = await requester.Expect(Operation.Call);
        Assert.Equal(1, frame.SongId);
        Assert.Equal(
            new Call { Token = call.Token, PeerId = ByteString.CopyFrom(_identity.KeyId.ToArray()) }, RawTspClient.Parse<Call>(frame));
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
        await requester.Send(Operation.Stop);
        await requester.Expect(Operation.Stop);
        await requester.ExpectEnd();
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(callBacks)), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task A_secure_requester_is_called_over_TLS_and_sees_the_hosts_key()
    {
        var song = new TestSong(50_000);
        var callBacks = await StartAsync(song);

        callBacks.Tell(new CallReceived(CallOf(_key), 1, true), TestActor);

        using var requester = await RawTspClient.Accept(_port);
        await requester.AcceptTls(_key.Context);
        Assert.Equal(_identity.KeyId, requester.RemoteKey);
        await requester.Expect(Operation.Call);
        await requester.Send(Play(1));
        await requester.Expect(Operation.Play);
        Assert.Equal(song.Payload, await requester.ReceiveSong());
    }

    [Fact]
    public async Task A_requester_that_shows_another_key_is_not_served_and_the_call_is_refused()
    {
        var callBacks = await StartAsync(new TestSong(1_000));

        callBacks.Tell(new CallReceived(CallOf(_key), 1, true), TestActor);

        using var requester = await RawTspClient.Accept(_port);
        try
        {
            await requester.AcceptTls(_otherKey.Context);
            await requester.ExpectEnd();
        }
        catch (Exception error) when (error is IOException or AuthenticationException or SocketException)
        {
            // The host ends the handshake.
        }

        Assert.Equal(ErrorCode.NoHost, (await ExpectMsgAsync<SendCall>()).Call.Code);
    }

    [Fact]
    public async Task The_refusal_does_not_say_what_the_host_has_found_at_the_endpoint()
    {
        var callBacks = await StartAsync(new TestSong(1_000));
        callBacks.Tell(new CallReceived(CallOf(_key), 1, true), TestActor);
        using var requester = await RawTspClient.Accept(_port);

        await requester.Send(Errors.Frame(ErrorCode.Unknown, new string('a', 4_000)));

        var refusal = (await ExpectMsgAsync<SendCall>()).Call;
        Assert.Equal((ErrorCode.NoHost, "the host could not connect"), (refusal.Code, refusal.Refusal));
    }

    [Fact]
    public async Task Only_so_many_calls_are_answered_within_a_minute()
    {
        var callBacks = await StartAsync(new TestSong(1_000), dialsPerMinute: 2);
        var call = CallOf();
        _port.Dispose();
        ErrorCode[] codes = [ErrorCode.NoHost, ErrorCode.NoHost, ErrorCode.Busy];

        foreach (var code in codes)
        {
            callBacks.Tell(new CallReceived(call, 1, true), TestActor);
            Assert.Equal(code, (await ExpectMsgAsync<SendCall>()).Call.Code);
        }
    }

    [Fact]
    public async Task A_full_host_refuses_with_BUSY_and_does_not_connect()
    {
        var callBacks = await StartAsync(new TestSong(1_000_000, durationMs: 10_000_000), Quick with { MaxStreams = 1 });
        using var listener = await ConnectAsync();
        await listener.Send(Play(1, pace: Pace.Realtime));
        await listener.Expect(Operation.Play);
        var call = CallOf();

        callBacks.Tell(new CallReceived(call, 1, true), TestActor);

        var refusal = await ExpectMsgAsync<SendCall>();
        Assert.Equal((1, ErrorCode.Busy, call.Token), (refusal.SongId, refusal.Call.Code, refusal.Call.Token));
        Assert.True(refusal.Call.RetryAfterMs > 0);
        Assert.False(_port.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task A_requester_that_cannot_be_reached_learns_that_through_the_tracker()
    {
        var callBacks = await StartAsync(new TestSong(1_000));
        var call = CallOf();
        _port.Dispose();

        callBacks.Tell(new CallReceived(call, 1, true), TestActor);

        var refusal = (await ExpectMsgAsync<SendCall>()).Call;
        Assert.Equal(
            (ErrorCode.NoHost, "the host could not connect", call.Token), (refusal.Code, refusal.Refusal, refusal.Token));
        await AwaitAssertAsync(() => Assert.Empty(ChildrenOf(callBacks)), TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
    }

    [Fact]
    public async Task An_endpoint_that_the_tracker_may_not_name_is_never_dialled()
    {
        var callBacks = await StartAsync(new TestSong(1_000));

        callBacks.Tell(new CallReceived(CallOf(), 1, IsPermitted: false), TestActor);

        Assert.Equal(ErrorCode.Forbidden, (await ExpectMsgAsync<SendCall>()).Call.Code);
        Assert.False(_port.Poll(0, SelectMode.SelectRead));
    }

    [Fact]
    public async Task Calls_that_arrive_together_are_dialled_up_to_the_limit()
    {
        var callBacks = await StartAsync(new TestSong(1_000));
        // The requesters accept the connections but never finish the TLS handshake, so the dials continue.
        for (var number = 0; number < 3 * CallBackRules.MaxDials; number++)
        {
            var call = CallOf();
            call.Secure = true;
            callBacks.Tell(new CallReceived(call, 1, true), TestActor);
        }

        for (var call = CallBackRules.MaxDials; call < 3 * CallBackRules.MaxDials; call++)
            Assert.Equal(ErrorCode.Busy, (await ExpectMsgAsync<SendCall>()).Call.Code);
        Assert.Equal(CallBackRules.MaxDials, ChildrenOf(callBacks).Count);
    }

    [Fact]
    public async Task A_requester_that_opens_no_streams_is_called_back_only_a_few_times_at_once()
    {
        var callBacks = await StartAsync(new TestSong(1_000_000, durationMs: 10_000_000));
        var call = CallOf();
        var open = new List<RawTspClient>();
        for (var number = 0; number < CallBackRules.MaxWithoutStreamOfRequester; number++)
            open.Add(await CalledAsync());

        callBacks.Tell(new CallReceived(call, 1, true), TestActor);
        Assert.Equal(ErrorCode.Busy, (await ExpectMsgAsync<SendCall>()).Call.Code);

        // A connection with a stream does not count here.
        await open[0].Send(Play(1, pace: Pace.Realtime));
        await open[0].Send(Operation.Ping, 7);
        await open[0].SkipTo(Operation.Pong);
        open.Add(await CalledAsync());
        open.ForEach(requester => requester.Dispose());

        async Task<RawTspClient> CalledAsync()
        {
            callBacks.Tell(new CallReceived(call, 1, true), TestActor);
            var requester = await RawTspClient.Accept(_port);
            await KeepOpenAsync(requester);
            return requester;
        }
    }

    [Fact]
    public async Task Requesters_that_only_keep_connections_open_give_way_to_others()
    {
        var callBacks = await StartAsync(new TestSong(1_000), dialsPerMinute: 2 * CallBackRules.MaxOpen);
        using var port = RawTspClient.Listen(IPAddress.Any);
        var open = new List<RawTspClient>();
        for (var number = 0; number <= CallBackRules.MaxOpen; number++)
        {
            var call = CallOf();
            call.Endpoint = $"127.0.0.{1 + (number % 8)}:{port.Address().Port}";
            callBacks.Tell(new CallReceived(call, 1, true), TestActor);
            open.Add(await RawTspClient.Accept(port));
            await KeepOpenAsync(open[^1]);
        }

        await open[0].ExpectError(ErrorCode.Busy);
        await open[0].ExpectEnd();
        await open[1].Send(Play(1));
        await open[1].Expect(Operation.Play);
        open.ForEach(requester => requester.Dispose());
    }

    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public async Task A_song_is_fetched_from_a_host_whose_port_is_closed(bool hasAccessKey, bool isSecure)
    {
        var access = hasAccessKey ? new AccessKey("open sesame") : null;
        using var ear = TlsIdentity.CreateNew();
        var song = new TestSong(200_000);
        var security = Security with { Access = AccessCheck.For(access, TimeSpan.FromMinutes(1), "host") };
        var callBacks = await StartAsync(song, security: security);
        var desk = Sys.ActorOf(CallDeskActor.Props(ActorRefs.Nobody));
        var own = new HostSecurity(null, ear.KeyId) { Peer = ear.KeyId.ToPeerId(), Calls = desk };
        var (address, _) = await Sys.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0),
            Patient with { Bodies = HostBodies.All, Identity = isSecure ? ear : null },
            () => HostSessionActor.Props(own, new OwnSongsCell(), ActorRefs.Nobody), "requester");
        _port.Dispose();
        var host = new Host
        {
            PeerId = ByteString.CopyFrom(_identity.KeyId.ToArray()),
            Name = "ann",
            Address = "127.0.0.1",
            Port = 1,
            Secure = isSecure,
        };
        var grant = new PlayGrant
        {
            Song = song.ToSong(1, host),
            Reach = { new HostReach { PeerId = host.PeerId, Callable = true } },
        };
        var (peer, place) = (ear.KeyId.ToPeerId(), address.ToString());
        var link = Sys.ActorOf(Props.Create(() => new CallingLink(grant, callBacks, desk, peer, place, isSecure)));
        desk.Tell(new UseLink(link));
        var requester = new Requester(peer, "ear", access) { Tls = isSecure ? ear : null, Calls = desk };
        var sink = new MemorySink();

        Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Full, sink, requester, null, KnownHosts.None), new ListeningSettings { HostsAtOnce = 1 }, link,
            TestActor));

        await FishForMessageAsync<object>(message => message is FetchCompleted, TimeSpan.FromSeconds(30));
        Assert.Equal(song.Payload, sink.Bytes);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _port.Dispose();
        _identity.Dispose();
        _key.Dispose();
        _otherKey.Dispose();
    }

    // The host closes a connection soon if nothing arrives on it.
    private static async Task KeepOpenAsync(RawTspClient requester)
    {
        await requester.Expect(Operation.Call);
        await requester.Send(Operation.Ping, 1);
        await requester.Expect(Operation.Pong);
    }

    private async Task<IActorRef> StartAsync(
        TestSong song, HostingSettings? settings = null, HostSecurity? security = null,
        int dialsPerMinute = CallBackRules.MaxDialsPerMinute)
    {
        var chosen = security ?? Security;
        await StartHostAsync(settings, security: chosen);
        Share(song);
        return Sys.ActorOf(CallBackActor.Props(
            new CallBackRules(chosen, Songs, _identity), call => HostSessionActor.Props(chosen, Songs, Hosting, callBack: call), Hosting,
            dialsPerMinute));
    }

    private Call CallOf(PeerKey? key = null) => new()
    {
        Token = ByteString.CopyFrom(CallToken.NewRandom().ToArray()),
        PeerId = ByteString.CopyFrom((key?.Peer ?? PeerId.NewRandom()).ToArray()),
        Endpoint = $"{_port.Address()}",
        Secure = key is not null,
    };

    /// <summary>Takes the place of a tracker between a requester and a host.</summary>
    private sealed class CallingLink : ReceiveActor
    {
        public CallingLink(PlayGrant grant, IActorRef callBacks, IActorRef desk, PeerId requester, string endpoint, bool isSecure)
        {
            Receive<FindHosts>(_ => Sender.Tell(grant));
            Receive<SendCall>(send => send.Call.Refusal.Length > 0, send => desk.Tell(new CallReceived(send.Call, send.SongId, false)));
            Receive<SendCall>(send =>
            {
                var call = send.Call.Clone();
                (call.PeerId, call.Endpoint, call.Secure) = (ByteString.CopyFrom(requester.ToArray()), endpoint, isSecure);
                callBacks.Tell(new CallReceived(call, send.SongId, true));
            });
        }
    }
}
