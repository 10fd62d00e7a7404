using System.Net;
using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Reaching;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Limits;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Reaching;

/// <summary>Checks the requester's end of a call. The hosts are raw sockets, and a probe takes the place of the tracker link.</summary>
public sealed class CalledHostSpecs : PeerSpec
{
    private static readonly ListeningSettings Calm = new()
    {
        ConnectTimeout = TimeSpan.FromMinutes(1),
        FirstByteTimeout = TimeSpan.FromMinutes(1),
        SilenceTimeout = TimeSpan.FromMinutes(1),
        HostsAtOnce = 1,
        RoundDelay = TimeSpan.FromMilliseconds(1),
    };

    private readonly TlsIdentity _identity = TlsIdentity.CreateNew();
    private readonly PeerKey _key = new();
    private readonly TestSong _song = new(200_000);
    private readonly MemorySink _sink = new();
    private readonly TestProbe _link;
    private readonly IActorRef _desk;
    private readonly Host _host;
    private IPEndPoint _address = new(IPAddress.None, 0);
    private IActorRef _fetch = ActorRefs.Nobody;

    public CalledHostSpecs(ITestOutputHelper output)
        : base(output)
    {
        _link = CreateTestProbe();
        _desk = Sys.ActorOf(CallDeskActor.Props(ActorRefs.Nobody));
        _desk.Tell(new UseLink(_link));
        // Port 0 is never dialled.
        _host = new Host { PeerId = ByteString.CopyFrom(_key.Peer.ToArray()), Name = "ann", Address = "127.0.0.1" };
    }

    [Fact]
    public async Task A_host_that_shows_the_token_is_asked_for_the_song_on_its_connection()
    {
        var call = await FetchAsync();
        Assert.Equal((1, _host.PeerId, CallWay.Back, ""), (call.SongId, call.Call.PeerId, call.Call.Way, call.Call.Endpoint));
        using var host = await CallBackAsync(call.Call.Token);

        await ServeAsync(host);

        await FishForMessageAsync<object>(message => message is FetchCompleted, TimeSpan.FromSeconds(30));
        Assert.Equal(_song.Payload, _sink.Bytes);
        await host.ReceiveToEnd();
    }

    [Fact]
    public async Task A_token_that_is_unknown_foreign_or_used_is_forbidden_and_ends_the_connection()
    {
        var call = await FetchAsync();
        await ExpectForbiddenAsync(CallToken.NewRandom().ToArray());
        await ExpectForbiddenAsync(call.Call.Token.ToByteArray(), PeerId.NewRandom());

        using var host = await CallBackAsync(call.Call.Token);
        await host.Expect(Operation.Play);
        await ExpectForbiddenAsync(call.Call.Token.ToByteArray());
    }

    [Fact]
    public async Task After_five_wrong_tokens_an_address_is_told_to_wait_and_the_right_token_is_still_accepted()
    {
        var call = await FetchAsync();
        for (var guess = 0; guess < ProofAttempts.FreeFailures; guess++)
            await ExpectForbiddenAsync(CallToken.NewRandom().ToArray());

        using (var guesser = await CallBackAsync(ByteString.CopyFrom(CallToken.NewRandom().ToArray())))
        {
            var error = await guesser.ExpectError(ErrorCode.Forbidden);
            Assert.InRange(error.RetryAfterMs, 1u, 10_000u);
            await guesser.ExpectEnd();
        }

        using var host = await CallBackAsync(call.Call.Token);
        await host.Expect(Operation.Play);
    }

    [Fact]
    public async Task A_token_of_another_size_is_a_bad_frame()
    {
        await FetchAsync();
        using var host = await RawTspClient.Connect(_address);

        await host.Send(Operation.Call, 1, new Call { Token = ByteString.CopyFrom(new byte[15]), PeerId = _host.PeerId });

        await host.ExpectError(ErrorCode.BadFrame);
        await host.ExpectEnd();
    }

    [Fact]
    public async Task A_secure_host_must_show_its_key()
    {
        _host.Secure = true;
        var call = await FetchAsync(isSecure: true);
        await ExpectForbiddenAsync(call.Call.Token.ToByteArray());
        using var other = new PeerKey();
        using (var liar = await RawTspClient.Connect(_address))
        {
            await liar.StartTls(other.Context);
            await liar.Send(Operation.Call, 1, new Call { Token = call.Call.Token, PeerId = _host.PeerId });
            await liar.ExpectError(ErrorCode.Forbidden);
        }

        using var host = await RawTspClient.Connect(_address);
        await host.StartTls(_key.Context);
        Assert.Equal(_identity.KeyId, host.RemoteKey);
        await host.Send(Operation.Call, 1, new Call { Token = call.Call.Token, PeerId = _host.PeerId });
        await host.Expect(Operation.Play);
    }

    [Fact]
    public async Task A_requester_without_TLS_accepts_a_secure_host_by_the_token_alone()
    {
        _host.Secure = true;
        var call = await FetchAsync();
        using var host = await CallBackAsync(call.Call.Token);

        await host.Expect(Operation.Play);
    }

    [Fact]
    public async Task A_host_without_TLS_is_not_called_by_a_requester_that_requires_it()
    {
        await StartAsync(isSecure: true, requiresTls: true);

        for (var round = 0; round < Calm.Rounds; round++)
        {
            await _link.ExpectMsgAsync<FindHosts>();
            _link.Reply(Grant());
        }

        var failure = (FetchFailed)await FishForMessageAsync<object>(message => message is FetchFailed, TimeSpan.FromSeconds(30));
        Assert.Contains("TLS", failure.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_song_continues_at_the_exact_byte_when_the_host_dies_and_is_called_again()
    {
        var call = await FetchAsync();
        using (var host = await CallBackAsync(call.Call.Token))
        {
            await StartStreamAsync(host);
            await ScriptedHost.SendDataAsync(host, _song.Payload.AsMemory(0, 100_000));
            host.FinishSending();
            await host.ReceiveToEnd();
        }

        await _link.ExpectMsgAsync<FindHosts>();
        _link.Reply(Grant());
        var again = await _link.ExpectMsgAsync<SendCall>();
        Assert.NotEqual(call.Call.Token, again.Call.Token);
        using var next = await CallBackAsync(again.Call.Token);
        Assert.InRange(await ServeAsync(next), 1ul, 100_000ul);

        await FishForMessageAsync<object>(message => message is FetchCompleted, TimeSpan.FromSeconds(30));
        Assert.Equal(_song.Payload, _sink.Bytes);
    }

    [Fact]
    public async Task Stopping_sends_STOP_on_the_hosts_connection_and_closes_it()
    {
        var call = await FetchAsync();
        using var host = await CallBackAsync(call.Call.Token);
        await StartStreamAsync(host);
        await ScriptedHost.SendDataAsync(host, _song.Payload.AsMemory(0, 20_000));
        await FishForMessageAsync<object>(message => message is FetchStarted, TimeSpan.FromSeconds(30));

        _fetch.Tell(StopFetch.Instance);

        Assert.Equal(Operation.Stop, Assert.Single(await host.ReceiveToEnd()).Operation);
    }

    [Fact]
    public async Task A_host_that_refuses_the_call_is_named_with_its_reason()
    {
        var call = await FetchAsync();

        _desk.Tell(new CallReceived(
            new Call { Token = call.Call.Token, PeerId = _host.PeerId, Code = ErrorCode.Busy, Refusal = "full", RetryAfterMs = 60_000 },
            1, false));

        var notice = await ExpectMsgAsync<FetchNotice>();
        Assert.Contains("ann (by callback): full", notice.Text, StringComparison.Ordinal);
        await ExpectForbiddenAsync(call.Call.Token.ToByteArray());
    }

    [Fact]
    public async Task A_call_that_the_tracker_does_not_pass_on_fails_at_once()
    {
        var call = await FetchAsync();

        _desk.Tell(new CallUnsent(call.Call, "its tracker does not pass calls on"));

        Assert.Contains(
            "does not pass calls on", (await FishForMessageAsync<FetchNotice>(_ => true, TimeSpan.FromSeconds(30))).Text,
            StringComparison.Ordinal);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _identity.Dispose();
        _key.Dispose();
    }

    private PlayGrant Grant() => new()
    {
        Song = _song.ToSong(1, _host),
        Reach = { new HostReach { PeerId = _host.PeerId, Callable = true } },
    };

    private async Task StartAsync(bool isSecure, bool requiresTls = false)
    {
        var security = new HostSecurity(null, _identity.KeyId) { Peer = _identity.KeyId.ToPeerId(), Calls = _desk };
        (_address, _) = await Sys.ListenAsync(
            new IPEndPoint(IPAddress.Loopback, 0), Patient with { Bodies = HostBodies.All, Identity = isSecure ? _identity : null },
            () => HostSessionActor.Props(security, new OwnSongsCell(), ActorRefs.Nobody), "tsp");
        var requester = new Requester(_identity.KeyId.ToPeerId(), "ear", null)
        {
            Tls = isSecure ? _identity : null,
            RequiresTls = requiresTls,
            Calls = _desk,
        };
        _fetch = Sys.ActorOf(SongFetchActor.Props(
            new FetchOrder(1, 0, Pace.Full, _sink, requester, null, KnownHosts.None), Calm, _link, TestActor));
    }

    // Starts a fetch, and returns its first call.
    private async Task<SendCall> FetchAsync(bool isSecure = false)
    {
        await StartAsync(isSecure);
        await _link.ExpectMsgAsync<FindHosts>();
        _link.Reply(Grant());
        return await _link.ExpectMsgAsync<SendCall>();
    }

    private async Task<RawTspClient> CallBackAsync(ByteString token)
    {
        var host = await RawTspClient.Connect(_address);
        await host.Send(Operation.Call, 1, new Call { Token = token, PeerId = _host.PeerId });
        return host;
    }

    private async Task ExpectForbiddenAsync(byte[] token, PeerId? peer = null)
    {
        using var host = await RawTspClient.Connect(_address);
        await host.Send(Operation.Call, 1, new Call
        {
            Token = ByteString.CopyFrom(token),
            PeerId = peer is { } id ? ByteString.CopyFrom(id.ToArray()) : _host.PeerId,
        });
        await host.ExpectError(ErrorCode.Forbidden);
        await host.ExpectEnd();
    }

    private async Task<ulong> StartStreamAsync(RawTspClient host)
    {
        var request = await host.Expect<PlayRequest>(Operation.Play);
        await host.Send(Operation.Play, 1, ScriptedHost.StartOf(_song, request));
        return request.Offset;
    }

    private async Task<ulong> ServeAsync(RawTspClient host)
    {
        var offset = await StartStreamAsync(host);
        await ScriptedHost.SendDataAsync(host, _song.Payload.AsMemory((int)offset));
        await host.Send(Operation.Data, 1);
        return offset;
    }
}
