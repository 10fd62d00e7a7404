using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Transport.Server;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Server;

/// <summary>Checks connections that have not sent their first byte to a server that accepts TLS.</summary>
public sealed class SilentSocketSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] List = FrameEncoder.Encode(Operation.List);

    private static readonly TransportSettings Answering = Patient with { AnswersPings = true };

    private readonly ServerCounts _counts = new();

    [Fact]
    public async Task A_connection_has_no_actor_before_its_first_byte()
    {
        var (server, address, sessions) = await Start(Patient);
        using var remote = await RawTspClient.Connect(address);
        await AwaitAssertAsync(() => Assert.Equal(1, _counts.Open));
        Assert.Empty(((ActorRefWithCell)server).Children);

        await remote.Send(List);

        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal(remote.Socket.Address(), opened.Remote);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        Assert.Equal(Operation.List, (await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Single().Operation);
    }

    [Fact]
    public async Task A_connection_that_ends_without_a_byte_leaves_nothing_behind()
    {
        var (server, address, sessions) = await Start(Patient);
        for (var i = 0; i < 100; i++)
        {
            using var remote = await RawTspClient.Connect(address);
            await AwaitAssertAsync(() => Assert.Equal(1, _counts.Open));
            if (i % 2 == 0)
            {
                remote.FinishSending();
                await remote.ExpectEnd();
            }
            else
            {
                remote.Reset();
            }

            await AwaitAssertAsync(() => Assert.Equal(0, _counts.Open));
        }

        Assert.Empty(((ActorRefWithCell)server).Children);
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_silent_connection_gives_way_to_a_new_one_and_is_told()
    {
        var (_, address, sessions) = await Start(Patient with { MaxConnections = 1 });
        using var silent = await RawTspClient.Connect(address);
        using var next = await RawTspClient.Connect(address);

        await silent.ExpectError(ErrorCode.Busy);
        await silent.ExpectEnd();
        await next.Send(List);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
    }

    [Fact]
    public async Task A_flood_of_silent_connections_leaves_nothing_behind()
    {
        var (server, address, sessions) = await Start(Patient with { MaxConnections = 10 });
        var flood = new List<RawTspClient>();
        for (var i = 0; i < 300; i++)
            flood.Add(await RawTspClient.Connect(address));
        using (var honest = await RawTspClient.Connect(address))
        {
            await honest.Send(List);
            (await sessions.ExpectMsgAsync<ConnectionOpened>()).Connection.Tell(AbortConnection.Instance);
        }

        flood.ForEach(remote => remote.Dispose());

        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Open));
        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
    }

    [Fact]
    public async Task A_client_that_only_sends_after_its_time_is_over_still_receives_the_reason()
    {
        var (_, address, sessions) = await Start(Patient with { FirstFrameTimeout = Soon });
        using var remote = await RawTspClient.Connect(address);
        await AwaitAssertAsync(() => Assert.True(remote.Socket.Available > 0));

        await remote.Send(List);

        await remote.ExpectError(ErrorCode.Timeout);
        await remote.ExpectEnd();
        remote.FinishSending();
        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Open));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task The_time_is_limited_even_if_nothing_else_happens_at_the_server()
    {
        // Without a limit for large bodies, the server has no other timer.
        var (_, address, _) = await Start(Patient with { FirstFrameTimeout = Soon, LargeBodyBytesPerSecond = 0 });
        using var remote = await RawTspClient.Connect(address);

        await remote.ExpectError(ErrorCode.Timeout);
    }

    [Fact]
    public async Task A_drain_that_takes_too_long_resets_silent_connections()
    {
        var (server, address, _) = await Start(Patient);
        using var silent = await RawTspClient.Connect(address);
        await AwaitAssertAsync(() => Assert.Equal(1, _counts.Open));

        server.Tell(new Drain(Soon), TestActor);

        await ExpectMsgAsync<Drained>();
        Assert.Equal(0, _counts.Open);
    }

    [Fact]
    public async Task A_connection_that_stays_open_after_its_end_is_reset()
    {
        var (_, address, _) = await Start(Patient with { FirstFrameTimeout = Soon, CloseTimeout = Soon });
        using var remote = await RawTspClient.Connect(address);
        await remote.ExpectError(ErrorCode.Timeout);
        await remote.ExpectEnd();

        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Open));
    }

    [Fact]
    public async Task Whoever_sends_without_end_after_its_end_is_reset()
    {
        var (_, address, _) = await Start(Patient with { FirstFrameTimeout = Soon });
        using var remote = await RawTspClient.Connect(address);
        await remote.ExpectError(ErrorCode.Timeout);

        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            while (true)
                await remote.Send(new byte[64 * 1024]);
        }).WaitAsync(MachineSpeed.Deadline(TimeSpan.FromMinutes(1)));
        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Open));
    }

    [Fact]
    public async Task Whoever_sends_single_bytes_without_end_after_its_end_has_soon_sent_too_much()
    {
        var (remote, accepted) = await AcceptAsync();
        using var client = remote;
        using var server = accepted.Socket;
        server.Blocking = false;
        using var socket = new SilentSocket(new Seat(accepted), _ => { });
        var arrivals = 0;
        do
        {
            arrivals++;
            await client.SendAsync(new byte[1]);
            await AwaitConditionAsync(() => Task.FromResult(server.Available > 0));
        }
        while (socket.TryDrop() && arrivals < 1_000);

        Assert.InRange(arrivals, 10, 100);
    }

    [Fact]
    public async Task A_closing_connection_is_not_reset_when_its_seat_is_needed()
    {
        var (remote, accepted) = await AcceptAsync();
        using var client = remote;
        using var server = accepted.Socket;
        var left = new List<Seat>();
        var sockets = new SilentSockets(Patient, _ => { }, left.Add);
        var seat = new Seat(accepted);
        sockets.Add(new SilentSocket(seat, _ => { }));

        // The server resets a connection that it cannot end.
        for (var i = 0; i < 2; i++)
            Assert.True(sockets.TryEnd(seat, ErrorCode.Busy, "full", TimeSpan.Zero));

        Assert.Empty(left);
        Assert.True(sockets.TryReset(seat));
        Assert.Same(seat, Assert.Single(left));
        Assert.False(sockets.TryEnd(seat, ErrorCode.Busy, "full", TimeSpan.Zero));
    }

    [Fact]
    public async Task A_socket_that_cannot_be_watched_is_closed_alone()
    {
        var (remote, accepted) = await AcceptAsync();
        using var client = remote;
        accepted.Socket.Dispose();
        var left = new List<Seat>();
        var sockets = new SilentSockets(Patient, _ => { }, left.Add);
        var seat = new Seat(accepted);

        sockets.Add(new SilentSocket(seat, _ => { }));

        Assert.Same(seat, Assert.Single(left));
        Assert.Null(sockets.NextDue);
    }

    [Fact]
    public async Task The_first_PINGs_are_answered_without_an_actor()
    {
        var (server, address, sessions) = await Start(Answering);
        using var remote = await RawTspClient.Connect(address);
        for (var id = 1; id <= 2; id++)
        {
            await remote.Send(Ping(id));
            Assert.Equal(FrameEncoder.Encode(Operation.Pong, id), await remote.ReceiveBytes());
        }

        Assert.Empty(((ActorRefWithCell)server).Children);
        await remote.Send([.. Ping(3), .. List]);

        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        opened.Connection.Tell(ReadMore.Instance, sessions);
        var frames = (await sessions.ExpectMsgAsync<FramesReceived>()).Frames;
        Assert.Equal([Operation.Ping, Operation.List], frames.Select(frame => frame.Operation));
    }

    [Fact]
    public async Task A_PING_directly_followed_by_a_request_is_answered_first()
    {
        var (_, address, sessions) = await Start(Answering);
        using var remote = await RawTspClient.Connect(address);

        await remote.Send([.. Ping(7), .. List]);

        Assert.Equal(FrameEncoder.Encode(Operation.Pong, 7), await remote.ReceiveBytes());
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        opened.Connection.Tell(ReadMore.Instance, sessions);
        Assert.Equal(Operation.List, (await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Single().Operation);
    }

    [Fact]
    public async Task A_connection_that_has_begun_with_a_PING_stays_plain()
    {
        var (_, address, sessions) = await Start(Answering);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send(Ping(1));
        await remote.ReceiveBytes();

        // The first byte of a TLS handshake is an operation, too.
        await remote.Send([0x16, 0, 0, 0, 3]);

        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.False(opened.IsSecure);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        Assert.Equal(0x16, (int)(await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Single().Operation);
    }

    [Theory]
    [InlineData(new byte[] { 0x08, 0x80, 0, 0, 1 })]
    [InlineData(new byte[] { 0x88, 0, 0, 0, 1, 0, 0, 0, 1, 5 })]
    [InlineData(new byte[] { 0x08, 0 })]
    public async Task A_PING_that_is_not_plainly_one_is_left_to_the_actor(byte[] bytes)
    {
        var (_, address, sessions) = await Start(Answering);
        using var remote = await RawTspClient.Connect(address);

        await remote.Send(bytes);

        await sessions.ExpectMsgAsync<ConnectionOpened>();
    }

    [Fact]
    public async Task A_PING_does_not_keep_a_connection_open()
    {
        var (server, address, _) = await Start(Answering with { IdleTimeout = Soon });
        using var remote = await RawTspClient.Connect(address);
        await remote.Send(Ping(1));
        await remote.ReceiveBytes();

        Assert.Contains("other than PING", (await remote.ExpectError(ErrorCode.Timeout)).Message, StringComparison.Ordinal);
        await remote.ExpectEnd();
        Assert.Empty(((ActorRefWithCell)server).Children);
    }

    [Fact]
    public async Task A_server_that_leaves_PINGs_to_its_sessions_does_not_answer_them()
    {
        var (_, address, sessions) = await Start(Patient);
        using var remote = await RawTspClient.Connect(address);

        await remote.Send(Ping(1));

        (await sessions.ExpectMsgAsync<ConnectionOpened>()).Connection.Tell(ReadMore.Instance, sessions);
        Assert.Equal(Operation.Ping, (await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Single().Operation);
    }

    [Fact]
    public async Task A_drain_waits_until_silent_connections_have_received_the_reason()
    {
        var (server, address, _) = await Start(Patient);
        using var silent = await RawTspClient.Connect(address);
        await AwaitAssertAsync(() => Assert.Equal(1, _counts.Open));

        server.Tell(new Drain(TimeSpan.FromMinutes(1)), TestActor);

        await silent.ExpectError(ErrorCode.ShuttingDown);
        silent.FinishSending();
        await ExpectMsgAsync<Drained>();
    }

    [Fact]
    public async Task A_stopped_server_resets_silent_connections()
    {
        var (server, address, _) = await Start(Patient);
        using var silent = await RawTspClient.Connect(address);
        await AwaitAssertAsync(() => Assert.Equal(1, _counts.Open));

        Sys.Stop(server);

        await Assert.ThrowsAsync<SocketException>(() => silent.ReceiveBytes());
    }

    private static async Task<(Socket Remote, AcceptedSocket Accepted)> AcceptAsync()
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        var remote = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await remote.ConnectAsync(listener.LocalEndPoint!);
        return (remote, AcceptedSocket.TryTake(await listener.AcceptAsync())!);
    }

    private static byte[] Ping(int id) => FrameEncoder.Encode(Operation.Ping, id);

    private async Task<(IActorRef Server, IPEndPoint Address, TestProbe Sessions)> Start(TransportSettings settings)
    {
        var (owner, sessions) = (CreateTestProbe(), CreateTestProbe());
        var server = Sys.ActorOf(TspServerActor.Props(new IPEndPoint(IPAddress.Loopback, 0), settings with { Identity = ServerIdentity },
            () => ReportingSession.Props(sessions), owner, _counts));
        return (server, (await owner.ExpectMsgAsync<Listening>()).Address, sessions);
    }
}
