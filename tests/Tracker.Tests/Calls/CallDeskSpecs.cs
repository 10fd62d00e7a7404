using System.Net.Sockets;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Tracker.Tests.Calls;

/// <summary>Checks how a tracker passes calls and refusals on.</summary>
public sealed class CallDeskSpecs : CallSpec
{
    [Fact]
    public async Task A_host_receives_the_endpoint_that_the_tracker_has_reached_whatever_the_requester_writes()
    {
        var host = await HostOf(song: 1, peer: 1);
        var port = OpenPort();
        var requester = await Join(2, PeerFeatures.Callable, port);
        var call = To(1);
        (call.Endpoint, call.Secure, call.RetryAfterMs, call.WaitMs) = ("198.51.100.9:22", true, 7, 8);

        var received = await Delivered(requester, host, call);

        Assert.Equal(new Call { Token = call.Token, PeerId = Id(2), Endpoint = $"127.0.0.1:{port}" }, received);
    }

    [Fact]
    public async Task A_host_learns_that_the_requester_has_a_key_only_if_the_requester_has_shown_it()
    {
        using var key = new PeerKey();
        using var port = RawTspClient.Listen();
        var answering = AnswerSecurelyAsync(port, key);
        var host = await HostOf(song: 1, peer: 1);
        var requester = await Connect();
        await requester.StartTls(key.Context);
        var hello = key.Hello((uint)port.Address().Port);
        hello.Hello.Features = (ulong)PeerFeatures.Callable;
        await requester.Register(hello);
        Assert.True((await requester.Expect<Reach>(Operation.Reach)).Reachable);
        await answering;

        var received = await Delivered(requester, host, To(1));

        Assert.True(received.Secure);
        Assert.Equal(key.Peer, new PeerId(received.PeerId.Span));
    }

    [Fact]
    public async Task Calls_that_cannot_be_passed_on_are_refused_with_the_reason()
    {
        var host = await HostOf(song: 1, peer: 1);
        await HostOf(song: 2, peer: 3);
        await Host(4, Samples.Song(1));
        var requester = await Requester(2);

        Assert.Equal(ErrorCode.NoHost, (await Refusal(requester, To(3))).Code);
        Assert.Equal(ErrorCode.NoHost, (await Refusal(requester, To(9))).Code);
        Assert.Equal(ErrorCode.Forbidden, (await Refusal(requester, To(4))).Code);
        Assert.Equal(ErrorCode.BadRequest, (await Refusal(requester, To(2))).Code);
        Assert.Equal(ErrorCode.UnknownSong, (await Refusal(requester, To(1), song: 77)).Code);
        var punch = To(1);
        punch.Way = CallWay.Punch;
        Assert.Equal(ErrorCode.Unsupported, (await Refusal(requester, punch)).Code);
        await host.Settle();
    }

    [Fact]
    public async Task A_requester_whose_port_was_not_reached_cannot_call_a_host()
    {
        var host = await HostOf(song: 1, peer: 1);
        var requester = await Join(2, PeerFeatures.Callable, ClosedPort());

        Assert.Equal(ErrorCode.Forbidden, (await Refusal(requester, To(1))).Code);
        await host.Settle();
    }

    [Fact]
    public async Task Neither_a_peer_without_features_nor_an_unregistered_client_can_call_a_host()
    {
        var host = await HostOf(song: 1, peer: 1);

        Assert.Equal(ErrorCode.Forbidden, (await Refusal(await Join(2), To(1))).Code);
        var stranger = await Connect();
        await stranger.Send(Operation.Call, 1, To(1));
        await stranger.ExpectError(ErrorCode.NotRegistered, 1);
        await stranger.Settle();
        await host.Settle();
    }

    [Fact]
    public async Task A_token_that_is_in_use_is_refused()
    {
        var host = await HostOf(song: 1, peer: 1);
        var (first, second) = (await Requester(2), await Requester(3));
        var call = To(1);
        await Delivered(first, host, call);

        Assert.Equal(ErrorCode.Forbidden, (await Refusal(second, call)).Code);
        Assert.Equal(ErrorCode.Forbidden, (await Refusal(first, call)).Code);
        await host.Settle();
    }

    [Fact]
    public async Task The_refusal_of_a_host_reaches_the_requester_once_and_that_of_a_stranger_never()
    {
        var (host, other) = (await HostOf(song: 1, peer: 1), await HostOf(song: 1, peer: 3));
        var requester = await Requester(2);
        var call = To(1);
        await Delivered(requester, host, call);
        var busy = new Call { Token = call.Token, PeerId = Id(2), Code = ErrorCode.Busy, Refusal = "full", RetryAfterMs = 1_234 };

        await other.Send(Operation.Call, 1, busy);
        await other.Settle();
        await host.Send(Operation.Call, 1, busy);
        await host.Send(Operation.Call, 1, busy);
        await host.Settle();

        Assert.Equal(
            new Call { Token = call.Token, PeerId = Id(1), Code = ErrorCode.Busy, Refusal = "full", RetryAfterMs = 1_234 },
            await ExpectRefusal(requester, call));
        // The reply to a later call comes after everything that the tracker has passed on.
        Assert.Equal(ErrorCode.NoHost, (await Refusal(requester, To(9))).Code);
    }

    [Theory]
    [InlineData(15, 16, 0)]
    [InlineData(0, 16, 0)]
    [InlineData(16, 15, 0)]
    [InlineData(16, 16, 31)]
    public async Task A_token_an_id_or_a_ticket_of_the_wrong_size_is_a_bad_frame(int token, int peer, int ticket)
    {
        var requester = await Requester(2);

        await requester.Send(Operation.Call, 1, new Call
        {
            Token = ByteString.CopyFrom(new byte[token]),
            PeerId = ByteString.CopyFrom(new byte[peer]),
            RelayTicket = ByteString.CopyFrom(new byte[ticket]),
        });

        await requester.ExpectError(ErrorCode.BadFrame);
        await requester.ExpectEnd();
    }

    [Fact]
    public async Task A_tracker_that_does_not_probe_ports_says_so_and_passes_no_calls_on()
    {
        await StartTracker(Patient);
        var client = await Connect();
        var hello = PeerClient.Hello(2);
        hello.Hello.Features = (ulong)PeerFeatures.Callable;
        Assert.Equal(0ul, (await client.Register(hello)).Features);

        await client.Send(Operation.Call, 1, To(1));
        await client.ExpectError(ErrorCode.Unsupported, 1);
        await client.Send(Operation.Reach, 2, new Reach { ListenPort = 7072 });
        await client.ExpectError(ErrorCode.Unsupported, 2);
    }

    // Answers the first probe.
    private static async Task AnswerSecurelyAsync(Socket port, PeerKey key)
    {
        using var probe = await RawTspClient.Accept(port);
        await probe.AcceptTls(key.Context);
        var ping = await probe.Expect(Operation.Ping);
        await probe.Send(Operation.Pong, ping.SongId);
    }
}
