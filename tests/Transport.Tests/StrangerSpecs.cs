using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

/// <summary>Checks that remote ends cannot use up the memory for incomplete frames, or all seats.</summary>
public class StrangerSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private const int BodyBytes = 100_000;

    private static readonly byte[] Share = FrameEncoder.Encode(Operation.Share, 0, new byte[BodyBytes]);

    // Has room for one large body at a time.
    private static readonly TransportSettings Narrow =
        Patient with { MaxReceivingBytes = 2 * BodyBytes, MaxReceivingBytesPerAddress = 2 * BodyBytes };

    [Fact]
    public async Task The_newest_incomplete_large_frame_gives_way_and_the_oldest_stays()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = Soon }, sessions);
        using var first = await ConnectRaw(address);
        await SendHalf(first, sessions);
        using var second = await ConnectRaw(address);
        var opened = await SendHalf(second, sessions);

        var error = await second.ExpectError();
        Assert.Equal((ErrorCode.Busy, true), (error.Code, error.Retryable));
        await second.ExpectEnd();
        second.FinishSending();
        Assert.Equal(CloseReason.GaveWay, (await sessions.ExpectMsgAsync<ConnectionClosed>()).Reason);
        await first.Send(Share[(Share.Length / 2)..]);
        Assert.Equal(BodyBytes, Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames).Body.Length);
        Assert.NotEqual(opened, sessions.LastSender);
    }

    [Fact]
    public async Task A_large_frame_is_read_once_another_session_has_handled_its_own_and_requests_more()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = TimeSpan.FromMinutes(1) }, sessions);
        using var first = await ConnectRaw(address);
        var opened = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await first.Send(Share[..(Share.Length / 2)]);
        using var second = await ConnectRaw(address);
        var waiting = await SendHalf(second, sessions);
        await second.Send(Share[(Share.Length / 2)..]);
        await sessions.ExpectNoMsgAsync(Soon);

        await first.Send(Share[(Share.Length / 2)..]);

        await sessions.ExpectMsgAsync<FramesReceived>();
        Assert.NotEqual(waiting, sessions.LastSender);
        await sessions.ExpectNoMsgAsync(Soon);

        opened.Connection.Tell(ReadMore.Instance, sessions);

        Assert.Equal(BodyBytes, Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames).Body.Length);
        Assert.Equal(waiting, sessions.LastSender);
    }

    [Fact]
    public async Task A_connection_that_rests_takes_no_room_and_reads_everything_but_large_frames()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = Soon }, sessions);
        using var resting = await ConnectRaw(address);
        var opened = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        opened.Connection.Tell(new Rest(TimeSpan.FromMinutes(10)), sessions);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await resting.Send(FrameEncoder.Encode(Operation.List));
        Assert.Equal(Operation.List, Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames).Operation);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await resting.Send(Share);

        // Another connection can use all the room in the meantime, for longer than a frame may wait for room.
        using var second = await ConnectRaw(address);
        var other = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        other.Connection.Tell(ReadMore.Instance, sessions);
        await second.Send(Share);
        Assert.Equal(BodyBytes, Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames).Body.Length);
        await sessions.ExpectNoMsgAsync(2 * Soon);
        other.Connection.Tell(new CloseConnection(), sessions);

        opened.Connection.Tell(new Rest(TimeSpan.Zero), sessions);

        await sessions.FishForMessageAsync<FramesReceived>(received => received.Frames[0].Body.Length == BodyBytes);
    }

    [Fact]
    public async Task A_connection_that_is_being_closed_releases_its_room_at_once()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = TimeSpan.FromMinutes(1) }, sessions);
        using var first = await ConnectRaw(address);
        var opened = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        await first.Send(Share);
        await sessions.ExpectMsgAsync<FramesReceived>();

        // The close waits until the remote end has closed its side, which it does not do here.
        opened.Connection.Tell(new CloseConnection(default), sessions);

        using var second = await ConnectRaw(address);
        await SendHalf(second, sessions);
        await second.Send(Share[(Share.Length / 2)..]);
        await sessions.FishForMessageAsync<FramesReceived>(received => received.Frames[0].Body.Length == BodyBytes);
    }

    [Fact]
    public async Task A_connection_that_ends_releases_its_room_for_others()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = TimeSpan.FromMinutes(1) }, sessions);
        using (var first = await ConnectRaw(address))
            await SendHalf(first, sessions);
        using var second = await ConnectRaw(address);
        await SendHalf(second, sessions);
        await second.Send(Share[(Share.Length / 2)..]);
        await sessions.FishForMessageAsync<FramesReceived>(received => received.Frames[0].Body.Length == BodyBytes);
    }

    [Fact]
    public async Task A_small_frame_in_two_pieces_is_read_even_if_there_is_no_room_for_large_ones()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Narrow with { ReceivingTimeout = TimeSpan.FromMinutes(1) }, sessions);
        using var first = await ConnectRaw(address);
        await SendHalf(first, sessions);
        using var second = await ConnectRaw(address);
        var init = FrameEncoder.Encode(Operation.Init, 0, new byte[200]);
        await Open(sessions);
        await second.Send(init[..100]);
        await second.Send(init[100..]);
        Assert.Equal(200, Assert.Single((await sessions.ExpectMsgAsync<FramesReceived>()).Frames).Body.Length);
    }

    [Fact]
    public async Task A_sender_that_never_completes_a_frame_receives_an_error_even_with_a_heartbeat()
    {
        using var link = await Connect(Patient with { FrameTimeout = Soon });
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(FrameEncoder.Encode(Operation.List), Share[..50]);
        await link.Session.ExpectMsgAsync<FramesReceived>();
        link.Tell(new KeepAlive(TimeSpan.FromMinutes(1)));
        link.Tell(ReadMore.Instance);
        var error = await link.Remote.ExpectError();
        Assert.Equal(ErrorCode.Timeout, error.Code);
        Assert.Contains("not complete", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task PING_does_not_keep_a_connection_open()
    {
        using var link = await Connect(Patient with { IdleTimeout = Soon });
        link.Tell(ReadMore.Instance);
        var until = DateTime.UtcNow.AddSeconds(30);
        while (DateTime.UtcNow < until)
        {
            await link.Remote.Send(FrameEncoder.Encode(Operation.Ping, 1));
            var told = await link.Session.ReceiveOneAsync(TimeSpan.FromSeconds(30));
            if (told is ConnectionClosed)
                break;
            link.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 1)));
            link.Tell(ReadMore.Instance);
            var frame = await link.Remote.Receive();
            if (frame is not { Operation: Operation.Pong })
            {
                Assert.Equal(Operation.Error, frame!.Value.Operation);
                return;
            }
        }

        Assert.Fail("The connection was not closed with an error.");
    }

    [Fact]
    public async Task The_oldest_unused_connection_gives_its_seat_to_a_new_one()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient with { MaxConnections = 3 }, sessions);
        using var used = await ConnectRaw(address);
        await Use(await sessions.ExpectMsgAsync<ConnectionOpened>(), sessions, new KeepAlive(TimeSpan.FromMinutes(1)));
        using var old = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        using var streaming = await ConnectRaw(address);
        var stream = await sessions.ExpectMsgAsync<ConnectionOpened>();
        await Use(stream, sessions, new AllowSilence(true));

        using var third = await ConnectRaw(address);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal(ErrorCode.Busy, (await old.ExpectError()).Code);
        await old.ExpectEnd();
        old.Dispose();
        Assert.Equal(CloseReason.GaveWay, (await sessions.ExpectMsgAsync<ConnectionClosed>()).Reason);

        // The stream is over. Its connection is older than the third, but became unused later, so the third gives way.
        await Use(stream, sessions, new AllowSilence(false));
        using var fourth = await ConnectRaw(address);
        Assert.Equal(ErrorCode.Busy, (await third.ExpectError()).Code);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
        using var fifth = await ConnectRaw(address);
        Assert.Equal(Operation.Pong, (await streaming.Receive())!.Value.Operation);
        Assert.Equal(Operation.Pong, (await streaming.Receive())!.Value.Operation);
        Assert.Equal(ErrorCode.Busy, (await streaming.ExpectError()).Code);
    }

    [Fact]
    public async Task In_a_full_subnet_the_oldest_unused_connection_gives_its_seat_to_a_new_one()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(
            Patient with { MaxConnectionsPerAddress = 1, MaxConnectionsPerSubnet = 2 }, sessions, IPAddress.Any);
        using var elsewhere = await ConnectFrom("127.0.1.1", address.Port);
        await OpenedFrom("127.0.1.1", sessions);
        using var used = await ConnectFrom("127.0.0.1", address.Port);
        await Use(await OpenedFrom("127.0.0.1", sessions), sessions, new KeepAlive(TimeSpan.FromMinutes(1)));
        using var unused = await ConnectFrom("127.0.0.2", address.Port);
        await OpenedFrom("127.0.0.2", sessions);

        using var third = await ConnectFrom("127.0.0.3", address.Port);

        await OpenedFrom("127.0.0.3", sessions);
        Assert.Equal(ErrorCode.Busy, (await unused.ExpectError()).Code);
        using var again = await ConnectFrom("127.0.0.3", address.Port);
        Assert.Equal(ErrorCode.Busy, (await third.ExpectError()).Code);
    }

    [Fact]
    public async Task A_subnet_with_only_used_connections_is_refused_another_one_but_other_subnets_are_not()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(
            Patient with { MaxConnectionsPerAddress = 1, MaxConnectionsPerSubnet = 2 }, sessions, IPAddress.Any);
        using var first = await ConnectFrom("127.0.0.1", address.Port);
        await Use(await OpenedFrom("127.0.0.1", sessions), sessions, new KeepAlive(TimeSpan.FromMinutes(1)));
        using var second = await ConnectFrom("127.0.0.2", address.Port);
        await Use(await OpenedFrom("127.0.0.2", sessions), sessions, new KeepAlive(TimeSpan.FromMinutes(1)));
        // A refusal is always sent in plain.
        using var third = await RawTspClient.Connect(new IPEndPoint(IPAddress.Loopback, address.Port), from: IPAddress.Parse("127.0.0.3"));
        var error = await third.ExpectError();
        Assert.Equal(ErrorCode.Busy, error.Code);
        Assert.Contains("from your network", error.Message, StringComparison.Ordinal);
        using var other = await ConnectFrom("127.0.1.1", address.Port);
        await sessions.ExpectMsgAsync<ConnectionOpened>();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_remote_end_that_keeps_sending_during_the_close_is_not_read_without_end(bool inUse)
    {
        const int Flood = 64 * 1024 * 1024;
        var sessions = CreateTestProbe();
        // Long enough to read all of it.
        var (_, address) = await Listen(Patient with { CloseTimeout = TimeSpan.FromSeconds(3) }, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send(Operation.Ping, 1);
        var opened = await sessions.ExpectMsgAsync<ConnectionOpened>();
        if (inUse)
            opened.Connection.Tell(new KeepAlive(TimeSpan.FromMinutes(1)), sessions);
        opened.Connection.Tell(new CloseConnection(), sessions);

        // What the operating systems of both ends hold is far less than this.
        await Assert.ThrowsAsync<SocketException>(() => remote.Send(new byte[Flood]));
        await sessions.ExpectMsgAsync<ConnectionClosed>();
    }

    [Fact]
    public async Task An_address_that_connects_all_the_time_is_refused_and_other_addresses_are_not()
    {
        const int Burst = 30;
        var sessions = CreateTestProbe();
        var settings = Patient with
        {
            NewConnectionsPerAddress = Burst,
            NewConnectionsPerAddressSecond = 1,
            NewConnectionsFreeTime = default,
        };
        var (_, address) = await Listen(settings, sessions, IPAddress.Any);

        var flood = new List<RawTspClient>();
        for (var n = 0; n < 10 * Burst; n++)
            await PingFrom("127.0.1.1", address.Port, flood);
        using var other = await ConnectFrom("127.0.2.1", address.Port);
        var admitted = 0;
        while ((await sessions.ExpectMsgAsync<ConnectionOpened>()).Remote.Address.ToString() == "127.0.1.1")
            admitted++;

        // How many are admitted after the burst depends on how long this took.
        Assert.InRange(admitted, 1, 4 * Burst);
        await AwaitAssertAsync(() => Assert.InRange(
            flood.Count(remote => !remote.Socket.Poll(0, SelectMode.SelectRead)), admitted, 4 * Burst));
        flood.ForEach(remote => remote.Dispose());
    }

    // Adds the connection to the list unless the server has already closed it.
    private static async Task PingFrom(string from, int port, List<RawTspClient> connections)
    {
        try
        {
            var remote = await RawTspClient.Connect(new IPEndPoint(IPAddress.Loopback, port), from: IPAddress.Parse(from));
            connections.Add(remote);
            await remote.Send(Operation.Ping, 1);
        }
        catch (SocketException)
        {
            // The server has reset the connection.
        }
    }

    private Task<RawTspClient> ConnectFrom(string from, int port) =>
        ConnectRaw(new IPEndPoint(IPAddress.Loopback, port), IPAddress.Parse(from));

    private static async Task<ConnectionOpened> OpenedFrom(string address, TestProbe sessions) =>
        (ConnectionOpened)await sessions.FishForMessageAsync<ConnectionOpened>(opened => opened.Remote.Address.ToString() == address);

    private static async Task<IActorRef> SendHalf(RawTspClient remote, TestProbe sessions)
    {
        var session = await Open(sessions);
        await remote.Send(Share[..(Share.Length / 2)]);
        return session;
    }

    private static async Task<IActorRef> Open(TestProbe sessions)
    {
        var opened = await sessions.FishForMessageAsync<ConnectionOpened>(_ => true);
        opened.Connection.Tell(ReadMore.Instance, sessions);
        return sessions.LastSender;
    }
}
