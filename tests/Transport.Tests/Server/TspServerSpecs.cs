using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Server;

/// <summary>Checks which connections a server accepts, and what remains of them. A refusal is always sent in plain.</summary>
public class TspServerSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_connection_over_the_limit_is_refused_with_BUSY()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient with { MaxConnections = 1 }, sessions);
        using var first = await ConnectRaw(address);
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        // Marks the connection as used. By the time the frame has been sent, the server knows this.
        opened.Connection.Tell(new KeepAlive(TimeSpan.FromMinutes(1)), sessions);
        opened.Connection.Tell(new Send(FrameEncoder.Encode(Operation.List), Token: "in use"), sessions);
        await sessions.ExpectMsgAsync<Sent>();
        using (var second = await RawTspClient.Connect(address))
            await ExpectBusy(second);

        Watch(opened.Connection);
        opened.Connection.Tell(AbortConnection.Instance);
        await ExpectTerminatedAsync(opened.Connection);
        await sessions.ExpectMsgAsync<ConnectionClosed>();
        await AwaitAssertAsync(async () =>
        {
            using var third = await ConnectRaw(address);
            await sessions.ExpectMsgAsync<ConnectionOpened>(Soon);
        });
    }

    [Fact]
    public async Task An_address_with_too_many_connections_is_refused_and_other_addresses_are_accepted()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient with { MaxConnectionsPerAddress = 1 }, sessions, IPAddress.Any);
        using var first = await ConnectRaw(new IPEndPoint(IPAddress.Loopback, address.Port));
        await Use(await sessions.ExpectMsgAsync<ConnectionOpened>(), sessions, new KeepAlive(TimeSpan.FromMinutes(1)));
        using var second = await RawTspClient.Connect(new IPEndPoint(IPAddress.Loopback, address.Port));
        await ExpectBusy(second);
        using var other = await ConnectRaw(
            new IPEndPoint(IPAddress.Parse("127.0.0.2"), address.Port), from: IPAddress.Parse("127.0.0.2"));
        Assert.Equal("127.0.0.2", (await sessions.ExpectMsgAsync<ConnectionOpened>()).Remote.Address.ToString());
    }

    [Fact]
    public async Task A_client_that_resets_and_reconnects_from_the_same_port_does_no_harm()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        var from = new IPEndPoint(IPAddress.Loopback, 0);
        for (var i = 0; i < 300; i++)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { LingerState = new LingerOption(true, 0) };
            socket.Bind(from);
            from = (IPEndPoint)socket.LocalEndPoint!;
            // While the previous connection from this port still exists, the next one may be reset, perhaps before ConnectAsync returns.
            try
            {
                await socket.ConnectAsync(address);
            }
            catch (SocketException cut) when (cut.SocketErrorCode == SocketError.ConnectionReset)
            {
                continue;
            }
        }

        using var last = await ConnectRaw(address);

        var port = last.Socket.Address().Port;
        await sessions.FishForMessageAsync<ConnectionOpened>(opened => opened.Remote.Port == port, TimeSpan.FromSeconds(30));
    }

    [Fact]
    public async Task Clients_learn_why_they_are_refused_even_during_a_flood_from_another_address()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient with { MaxConnections = 0 }, sessions, IPAddress.Any);
        var flood = await ConnectMany(new IPEndPoint(IPAddress.Loopback, address.Port), 100);

        using (var other = await RawTspClient.Connect(new IPEndPoint(IPAddress.Parse("127.0.0.2"), address.Port),
            from: IPAddress.Parse("127.0.0.2")))
            await ExpectBusy(other);

        flood.ForEach(remote => remote.Reset());
    }

    [Fact]
    public async Task A_flood_of_connections_over_the_limit_leaves_nothing_behind()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient with { MaxConnections = 0 }, sessions);
        var flood = await ConnectMany(address, 200);

        flood.ForEach(remote => remote.Reset());
        await ExpectNothingLeft(server);
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task Two_hundred_connections_come_and_go_and_leave_nothing_behind()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient, sessions);
        for (var i = 0; i < 200; i++)
        {
            using var remote = await ConnectRaw(address);
            var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
            Watch(opened.Connection);
            opened.Connection.Tell(ReadMore.Instance);
            switch (i % 4)
            {
                case 0:
                    remote.Reset();
                    break;
                case 1:
                    remote.FinishSending();
                    await sessions.ExpectMsgAsync<InputEnded>();
                    opened.Connection.Tell(new CloseConnection());
                    break;
                case 2:
                    opened.Connection.Tell(AbortConnection.Instance);
                    break;
                default:
                    opened.Connection.Tell(new CloseConnection());
                    await remote.ExpectEnd();
                    remote.FinishSending();
                    break;
            }

            await sessions.ExpectMsgAsync<ConnectionClosed>();
            await ExpectTerminatedAsync(opened.Connection);
        }

        await ExpectNothingLeft(server);
    }

    [Fact]
    public async Task A_session_that_cannot_be_created_affects_only_its_own_connection()
    {
        var owner = CreateTestProbe();
        var sessions = CreateTestProbe();
        var attempts = 0;
        var settings = Patient with { Identity = IsSecure ? ServerIdentity : null };
        Sys.ActorOf(TspServerActor.Props(new IPEndPoint(IPAddress.Loopback, 0), settings, Make, owner));
        var address = (await owner.ExpectMsgAsync<Listening>()).Address;
        await Assert.ThrowsAsync<SocketException>(async () =>
        {
            using var unlucky = await ConnectRaw(address);
            await unlucky.ReceiveBytes();
        });
        using var lucky = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();

        Props Make() => Interlocked.Increment(ref attempts) == 1
            ? throw new InvalidOperationException("no session")
            : ReportingSession.Props(sessions);
    }

    [Fact]
    public async Task An_IPv6_server_accepts_IPv4_connections_and_reports_IPv4_addresses()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions, IPAddress.IPv6Any);
        using var six = await ConnectRaw(new IPEndPoint(IPAddress.IPv6Loopback, address.Port));
        Assert.Equal(IPAddress.IPv6Loopback, (await sessions.ExpectMsgAsync<ConnectionOpened>()).Remote.Address);
        using var four = await ConnectRaw(new IPEndPoint(IPAddress.Loopback, address.Port));
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal(IPAddress.Loopback, opened.Remote.Address);
        Assert.Equal(IPAddress.Loopback, opened.Local.Address);
    }

    [Fact]
    public async Task A_stopped_server_aborts_its_connections_and_frees_its_port()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient, sessions);
        using var remote = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        Watch(server);
        Sys.Stop(server);
        await ExpectTerminatedAsync(server);
        await Assert.ThrowsAsync<SocketException>(() => remote.ReceiveBytes());
        await AwaitAssertAsync(() =>
        {
            using var successor = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            successor.Bind(address);
            successor.Listen();
        });
    }

    private static async Task<List<RawTspClient>> ConnectMany(IPEndPoint address, int count)
    {
        var remotes = new List<RawTspClient>();
        for (var i = 0; i < count; i++)
        {
            // Only a limited number of refused clients receive a reason. The others are reset immediately, perhaps before Connect returns.
            try
            {
                remotes.Add(await RawTspClient.Connect(address));
            }
            catch (SocketException cut) when (cut.SocketErrorCode == SocketError.ConnectionReset)
            {
                continue;
            }
        }

        return remotes;
    }

    private static async Task ExpectBusy(RawTspClient remote)
    {
        var error = await remote.ExpectError();
        Assert.Equal(ErrorCode.Busy, error.Code);
        Assert.True(error.Retryable);
        Assert.True(error.RetryAfterMs > 0);
        await remote.ExpectEnd();
    }

    private Task ExpectNothingLeft(IActorRef server) =>
        AwaitAssertAsync(() => Assert.Empty(((ActorRefWithCell)server).Children));
}
