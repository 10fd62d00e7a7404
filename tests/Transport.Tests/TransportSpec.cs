using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests;

/// <summary>The base class of tests with a loopback server whose sessions report to probes, and with raw sockets as remote ends.</summary>
public abstract class TransportSpec(ITestOutputHelper output) : TestKit(Hocon, output: output)
{
    private static readonly Config Hocon = ConfigurationFactory.ParseString(TspTransport.Hocon + """

        akka.loglevel = WARNING
        akka.log-dead-letters = off
        akka.test.single-expect-default = 20s
        akka.test.timefactor = 1.0
        """);

    /// <summary>Settings with deadlines that no test reaches by accident.</summary>
    protected static readonly TransportSettings Patient = new()
    {
        FirstFrameTimeout = TimeSpan.FromMinutes(1),
        IdleTimeout = TimeSpan.FromMinutes(1),
        StalledWriterTimeout = TimeSpan.FromMinutes(1),
        CloseTimeout = TimeSpan.FromMinutes(1),
        ConnectTimeout = TimeSpan.FromMinutes(1),
    };

    protected static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(200);

    /// <summary>The identities of the servers and of the clients in these tests.</summary>
    protected static readonly TlsIdentity ServerIdentity = TlsIdentity.CreateNew();
    protected static readonly TlsIdentity ClientIdentity = TlsIdentity.CreateNew();

    /// <summary>True if the connections of this test are encrypted. A subclass runs the same tests with TLS.</summary>
    protected virtual bool IsSecure => false;

    /// <summary>How the outgoing connections of this test speak TLS; null = plain.</summary>
    protected TlsClient? OutgoingTls => IsSecure ? TlsClient.Pinned(ClientIdentity, ServerIdentity.KeyId) : null;

    /// <summary>The first-frame deadline of tests that reach it; with TLS it includes the handshake.</summary>
    protected TimeSpan FirstFrame => IsSecure ? TimeSpan.FromSeconds(2) : Soon;

    /// <summary>Starts a server and waits until it is bound. Every session forwards its messages to <paramref name="sessions"/>.</summary>
    protected async Task<(IActorRef Server, IPEndPoint Address)> Listen(
        TransportSettings settings, TestProbe sessions, IPAddress? address = null, TlsIdentity? identity = null)
    {
        var owner = CreateTestProbe();
        if (IsSecure)
            settings = settings with { Identity = identity ?? ServerIdentity };
        var server = Sys.ActorOf(TspServerActor.Props(new IPEndPoint(address ?? IPAddress.Loopback, 0), settings,
            () => ReportingSession.Props(sessions), owner));
        var listening = await owner.ExpectMsgAsync<Listening>();
        return (server, listening.Address);
    }

    /// <summary>Connects a raw socket, with TLS if the test uses it.</summary>
    protected async Task<RawTspClient> ConnectRaw(IPEndPoint address, IPAddress? from = null)
    {
        var remote = await RawTspClient.Connect(address, from: from);
        if (IsSecure)
            await remote.StartTls(ClientIdentity.Context);
        return remote;
    }

    /// <summary>Accepts a connection as a raw socket, with TLS if the test uses it.</summary>
    protected async Task<RawTspClient> AcceptRaw(Socket listener)
    {
        var remote = await RawTspClient.Accept(listener);
        if (IsSecure)
            await remote.AcceptTls(ServerIdentity.Context);
        return remote;
    }

    /// <summary>Starts a server, connects a raw socket to it, and returns both ends of the connection.</summary>
    protected async Task<Link> Connect(TransportSettings settings)
    {
        var session = CreateTestProbe();
        var (_, address) = await Listen(settings, session);
        var remote = await ConnectRaw(address);
        var opened = await session.ExpectMsgAsync<ConnectionOpened>();
        return new Link(remote, opened.Connection, session, session.LastSender);
    }

    /// <summary>Listens on a raw socket and opens an outgoing connection to it.</summary>
    protected async Task<Link> Dial(TransportSettings settings)
    {
        var session = CreateTestProbe();
        using var listener = RawTspClient.Listen();
        session.ChildActorOf(TspConnectionActor.Outgoing("127.0.0.1", listener.Address().Port, settings, session, tls: OutgoingTls));
        var remote = await AcceptRaw(listener);
        var opened = await session.ExpectMsgAsync<ConnectionOpened>();
        return new Link(remote, opened.Connection, session, session);
    }

    /// <summary>
    /// Sends the connection a <see cref="KeepAlive"/> or an <see cref="AllowSilence"/>, which informs the server whether the connection is
    /// in use, and waits until the server knows.
    /// </summary>
    protected static async Task Use(ConnectionOpened opened, TestProbe sessions, object use)
    {
        opened.Connection.Tell(use, sessions);
        opened.Connection.Tell(new Send(FrameEncoder.Encode(Operation.Pong, 1), Token: "used"), sessions);
        await sessions.ExpectMsgAsync<Sent>();
    }

    /// <summary>Waits for a handshake that may fail.</summary>
    protected static async Task IgnoreFailure(Task handshake)
    {
        try
        {
            await handshake;
        }
        catch (Exception cause) when (cause is IOException or AuthenticationException or SocketException)
        {
            // Expected if the other side has refused.
        }
    }

    /// <summary>A session that forwards its messages to a probe, in order, and that stops or crashes when told to.</summary>
    protected sealed class ReportingSession(IActorRef probe) : UntypedActor
    {
        public static Props Props(IActorRef probe) => Akka.Actor.Props.Create(() => new ReportingSession(probe));

        protected override void OnReceive(object message)
        {
            switch (message)
            {
                case "stop":
                    Context.Stop(Self);
                    break;
                case "crash":
                    throw new InvalidOperationException("a session that crashes");
                default:
                    probe.Tell(message, Self);
                    break;
            }
        }
    }

    protected sealed record Link(RawTspClient Remote, IActorRef Connection, TestProbe Session, IActorRef SessionActor) : IDisposable
    {
        public void Tell(object message) => Connection.Tell(message, Session);

        public void Dispose() => Remote.Dispose();
    }
}
