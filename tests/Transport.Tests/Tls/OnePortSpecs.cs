using System.Diagnostics;
using System.Globalization;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks that a port with a TLS identity serves plain connections as before, and survives hostile ones.</summary>
public sealed class OnePortSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] List = FrameEncoder.Encode(Operation.List);

    private static readonly TransportSettings BothKinds = Patient with { Identity = ServerIdentity };

    private static readonly TransportSettings Crowded = BothKinds with { MaxConnections = 2000, MaxConnectionsPerAddress = 2000 };

    [Fact]
    public async Task A_plain_client_is_served_in_plain_and_its_first_frame_waits_for_the_session()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(BothKinds, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send([.. List, .. FrameEncoder.Encode(Operation.Info, 3)], List);
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal((false, null), (opened.IsSecure, opened.RemoteKey));
        await sessions.ExpectNoMsgAsync(Soon);
        var frames = 0;
        while (frames < 3)
        {
            opened.Connection.Tell(ReadMore.Instance, sessions);
            frames += (await sessions.ExpectMsgAsync<FramesReceived>()).Frames.Length;
        }

        opened.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 7)), sessions);
        Assert.Equal(7, (await remote.Receive())!.Value.SongId);
    }

    [Fact]
    public async Task A_plain_client_whose_first_frame_arrives_byte_by_byte_is_served()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(BothKinds, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send([.. List.Select(one => new[] { one })]);
        (await sessions.ExpectMsgAsync<ConnectionOpened>()).Connection.Tell(ReadMore.Instance, sessions);
        Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames);
    }

    [Fact]
    public async Task A_client_that_sends_nothing_receives_a_timeout_error_in_plain()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(BothKinds with { FirstFrameTimeout = Soon }, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.ExpectError(ErrorCode.Timeout);
        await remote.ExpectEnd();
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_handshake_that_is_never_completed_is_cut_at_the_first_frame_deadline()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(BothKinds with { FirstFrameTimeout = Soon }, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send([0x16, 3, 1, 1, 0, 1]);
        await remote.ExpectEnd();
        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_drain_ends_connections_that_have_not_opened_yet()
    {
        var (server, address) = await Listen(BothKinds, CreateTestProbe());
        using var silent = await RawTspClient.Connect(address);
        using var half = await RawTspClient.Connect(address);
        await half.Send([0x16, 3, 1]);
        // A connection that has sent nothing has no actor yet, but was accepted first.
        await AwaitAssertAsync(() => Assert.Single(((ActorRefWithCell)server).Children));
        server.Tell(new Drain(TimeSpan.FromMinutes(1)), TestActor);
        await silent.ExpectError(ErrorCode.ShuttingDown);
        silent.FinishSending();
        // If the drain came before the first byte was read, this end also receives the ERROR first.
        await half.ReceiveToEnd();
        half.Dispose();
        await ExpectMsgAsync<Drained>();
    }

    [Fact]
    public async Task Garbage_after_the_first_byte_of_TLS_ends_the_connection_and_nothing_else()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(BothKinds, sessions);
        var random = new Random(5);
        for (var i = 0; i < 100; i++)
        {
            using var remote = await RawTspClient.Connect(address);
            var garbage = new byte[random.Next(5, 3000)];
            random.NextBytes(garbage);
            garbage[0] = 0x16;
            await remote.Send(garbage);
            remote.FinishSending();
            while (await Bytes(remote) > 0)
            {
            }
        }

        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
        await ExpectServed(address, sessions);
    }

    [Fact]
    public async Task A_thousand_half_handshakes_do_not_delay_others()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Crowded, sessions);
        var hello = await RecordClientHello();
        var half = new List<RawTspClient>();
        for (var i = 0; i < 1000; i++)
            half.Add(await BeginHandshake(address, hello, i));

        var slowest = TimeSpan.Zero;
        for (var i = 0; i < 20; i++)
        {
            var start = Stopwatch.GetTimestamp();
            await ExpectServed(address, sessions);
            slowest = TimeSpan.FromTicks(Math.Max(slowest.Ticks, Stopwatch.GetElapsedTime(start).Ticks));
        }

        Output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"slowest new TLS client: {slowest.TotalMilliseconds:0} ms"));
        Assert.True(slowest < TimeSpan.FromSeconds(10), $"{slowest}");
        half.ForEach(remote => remote.Reset());
    }

    [Fact]
    public async Task Open_connections_are_answered_during_a_thousand_half_handshakes()
    {
        var owner = CreateTestProbe();
        // PINGs alone do not keep a connection open.
        var settings = Crowded with { IdleTimeout = TimeSpan.FromMinutes(10) };
        Sys.ActorOf(TspServerActor.Props(
            new IPEndPoint(IPAddress.Loopback, 0), settings, () => Props.Create(() => new AnsweringSession()), owner));
        var address = (await owner.ExpectMsgAsync<Listening>()).Address;
        using var plain = await RawTspClient.Connect(address);
        using var secure = await RawTspClient.Connect(address);
        await secure.StartTls(ClientIdentity.Context);
        await ExpectPong(plain, 1);
        await ExpectPong(secure, 1);

        // No half handshake ends before all PINGs are answered.
        var hello = await RecordClientHello();
        var half = new List<RawTspClient>();
        for (var i = 0; i < 1000; i++)
        {
            half.Add(await BeginHandshake(address, hello, i));
            if (i % 50 != 49)
                continue;
            await ExpectPong(plain, i);
            await ExpectPong(secure, i);
        }

        half.ForEach(remote => remote.Reset());
    }

    [Fact]
    public async Task While_too_many_handshakes_are_waiting_TLS_clients_are_cut_and_plain_ones_are_served()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(BothKinds with { Handshakes = new HandshakeGate(0, 0) }, sessions);
        using (var secure = await RawTspClient.Connect(address))
            await Assert.ThrowsAnyAsync<IOException>(() => secure.StartTls(ClientIdentity.Context));
        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);

        using var plain = await RawTspClient.Connect(address);
        await plain.Send(List);
        Assert.False((await sessions.ExpectMsgAsync<ConnectionOpened>()).IsSecure);
    }

    [Fact]
    public async Task A_million_random_bytes_inside_TLS_do_no_harm()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(BothKinds, sessions);
        var random = new Random(9);
        for (var sent = 0; sent < 1_000_000;)
        {
            using var remote = await RawTspClient.Connect(address);
            await remote.StartTls(ClientIdentity.Context);
            var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
            var noise = new byte[random.Next(1, 60_000)];
            random.NextBytes(noise);
            sent += noise.Length;
            await remote.Send(noise);
            remote.FinishSending();
            opened.Connection.Tell(ReadMore.Instance, sessions);
            while (await sessions.ExpectMsgAsync<object>() is not ConnectionClosed and var told)
                opened.Connection.Tell(told is FramesReceived ? ReadMore.Instance : new CloseConnection(), sessions);
        }

        await AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
        await ExpectServed(address, sessions);
    }

    private static async Task ExpectServed(IPEndPoint address, TestProbe sessions)
    {
        using var remote = await RawTspClient.Connect(address);
        await remote.StartTls(ClientIdentity.Context);
        await remote.Send(List);
        var opened = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await sessions.ExpectMsgAsync<FramesReceived>();
        opened.Connection.Tell(AbortConnection.Instance, sessions);
        await sessions.ExpectMsgAsync<ConnectionClosed>();
    }

    private static async Task ExpectPong(RawTspClient remote, int id)
    {
        await remote.Send(Operation.Ping, id);
        Assert.Equal(id, (await remote.Expect(Operation.Pong)).SongId);
    }

    // A third of the clients stop inside the first record. The others never answer the server.
    private static async Task<RawTspClient> BeginHandshake(IPEndPoint address, byte[] hello, int i)
    {
        var remote = await RawTspClient.Connect(address);
        await remote.Send(i % 3 == 0 ? hello[..(i % hello.Length)] is { Length: > 0 } part ? part : [0x16] : hello);
        return remote;
    }

    private static async Task<byte[]> RecordClientHello()
    {
        using var listener = RawTspClient.Listen();
        using var client = await RawTspClient.Connect(listener.Address());
        using var server = await RawTspClient.Accept(listener);
        var never = client.StartTls(ClientIdentity.Context);
        var hello = await server.ReceiveBytes();
        server.Reset();
        await Assert.ThrowsAnyAsync<Exception>(() => never);
        return hello;
    }

    private static async Task<int> Bytes(RawTspClient remote)
    {
        try
        {
            return (await remote.ReceiveBytes()).Length;
        }
        catch (System.Net.Sockets.SocketException)
        {
            return 0;
        }
    }

    /// <summary>A session that answers every PING.</summary>
    private sealed class AnsweringSession : UntypedActor
    {
        private IActorRef _connection = ActorRefs.Nobody;

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case ConnectionOpened opened:
                    _connection = opened.Connection;
                    _connection.Tell(ReadMore.Instance);
                    break;
                case FramesReceived received:
                    foreach (var frame in received.Frames)
                        _connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, frame.SongId)));
                    _connection.Tell(ReadMore.Instance);
                    break;
                default:
                    break;
            }
        }
    }
}
