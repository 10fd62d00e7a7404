using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks that a plain connection can change to TLS, as both ends of a relayed connection do.</summary>
public sealed class UpgradeSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly byte[] Ready = FrameEncoder.Encode(Operation.Relay, 0, new Relay { Ok = true });

    [Fact]
    public async Task An_open_connection_becomes_a_TLS_client_that_pins_the_key_of_the_server()
    {
        using var link = await Dial(Patient);
        await MakeReady(link);
        link.Tell(new StartTls(TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId)));
        await link.Remote.AcceptTls(ServerIdentity.Context);
        var opened = await link.Session.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal((true, ServerIdentity.KeyId), (opened.IsSecure, opened.RemoteKey));
        await ExchangeFrames(link);
    }

    [Fact]
    public async Task An_open_connection_becomes_a_TLS_server_that_learns_the_key_of_the_client()
    {
        using var link = await Dial(Patient);
        await MakeReady(link);
        link.Tell(new AcceptTls(ServerIdentity));
        await link.Remote.StartTls(ClientIdentity.Context);
        var opened = await link.Session.ExpectMsgAsync<ConnectionOpened>();
        Assert.Equal((true, ClientIdentity.KeyId), (opened.IsSecure, opened.RemoteKey));
        await ExchangeFrames(link);
    }

    [Fact]
    public async Task An_incoming_connection_becomes_a_TLS_server_too_and_keeps_its_session()
    {
        using var link = await Connect(Patient);
        await MakeReady(link);
        link.Tell(new AcceptTls(ServerIdentity));
        await link.Remote.StartTls(ClientIdentity.Context);
        Assert.True((await link.Session.ExpectMsgAsync<ConnectionOpened>()).IsSecure);
        Assert.Equal(link.SessionActor, link.Session.LastSender);
        await ExchangeFrames(link);
    }

    [Fact]
    public async Task The_first_bytes_in_TLS_may_arrive_with_the_last_frame_in_plain()
    {
        var (client, server) = (CreateTestProbe(), CreateTestProbe());
        using var listener = RawTspClient.Listen();
        client.ChildActorOf(TspConnectionActor.Outgoing("127.0.0.1", listener.Address().Port, Patient, client));
        using var toClient = new RawTspClient(await listener.AcceptAsync());
        server.ChildActorOf(TspConnectionActor.Outgoing("127.0.0.1", listener.Address().Port, Patient, server));
        using var toServer = new RawTspClient(await listener.AcceptAsync());
        var (clientEnd, serverEnd) = (
            (await client.ExpectMsgAsync<ConnectionOpened>()).Connection, (await server.ExpectMsgAsync<ConnectionOpened>()).Connection);

        clientEnd.Tell(ReadMore.Instance, client);
        await toClient.Send(Ready);
        await client.ExpectMsgAsync<FramesReceived>();
        clientEnd.Tell(new StartTls(TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId)), client);
        var hello = await toClient.ReceiveBytes();

        serverEnd.Tell(ReadMore.Instance, server);
        await toServer.Send([.. Ready, .. hello]);
        Assert.Single((await server.ExpectMsgAsync<FramesReceived>()).Frames);
        serverEnd.Tell(new AcceptTls(ServerIdentity), server);
        var ended = Task.WhenAny(Pass(toServer, toClient), Pass(toClient, toServer));

        Assert.Equal(ServerIdentity.KeyId, (await client.ExpectMsgAsync<ConnectionOpened>()).RemoteKey);
        Assert.Equal(ClientIdentity.KeyId, (await server.ExpectMsgAsync<ConnectionOpened>()).RemoteKey);
        clientEnd.Tell(AbortConnection.Instance, client);
        serverEnd.Tell(AbortConnection.Instance, server);
        await ended;
    }

    [Fact]
    public async Task A_key_other_than_the_pinned_one_closes_the_connection()
    {
        using var link = await Dial(Patient);
        await MakeReady(link);
        link.Tell(new StartTls(TlsClient.Pinned(ClientIdentity, ClientIdentity.KeyId)));
        await IgnoreFailure(link.Remote.AcceptTls(ServerIdentity.Context));
        link.Remote.Reset();
        Assert.Contains("a different key", (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_handshake_that_the_remote_end_does_not_answer_has_a_deadline()
    {
        using var link = await Dial(Patient with { ConnectTimeout = TimeSpan.FromSeconds(1) });
        await MakeReady(link);
        link.Tell(new StartTls(TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId)));
        Assert.Equal(CloseReason.TimedOut, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    [Fact]
    public async Task TLS_cannot_begin_while_the_connection_reads_frames()
    {
        using var link = await Dial(Patient);
        link.Tell(ReadMore.Instance);
        link.Tell(new StartTls(TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId)));
        Assert.Equal(CloseReason.Aborted, (await link.Session.ExpectMsgAsync<ConnectionClosed>()).Reason);
    }

    private static async Task MakeReady(Link link)
    {
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(Ready);
        await link.Session.ExpectMsgAsync<FramesReceived>();
    }

    private static async Task ExchangeFrames(Link link)
    {
        link.Tell(ReadMore.Instance);
        await link.Remote.Send(Operation.Ping, 5);
        Assert.Equal(5, Assert.Single((await link.Session.ExpectMsgAsync<FramesReceived>()).Frames).SongId);
        link.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 5)));
        Assert.Equal(new Frame(Operation.Pong, 5, false, default), await link.Remote.Receive());
    }

    private static async Task Pass(RawTspClient from, RawTspClient to)
    {
        try
        {
            while (await from.ReceiveBytes() is { Length: > 0 } bytes)
                await to.Send(bytes);
        }
        catch (Exception cause) when (cause is IOException or System.Net.Sockets.SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
