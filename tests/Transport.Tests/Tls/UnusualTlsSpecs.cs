using System.Net.Security;
using System.Security.Authentication;
using TspActors.Protocol;
using TspActors.Transport.Tls;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Tls;

/// <summary>Checks how connections handle remote ends that use TLS in a different way from this program.</summary>
public sealed class UnusualTlsSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    // The longest content of a record in TLS 1.3, encrypted.
    private const int LongestRecord = (16 * 1024) + 256;

    protected override bool IsSecure => true;

    [Fact]
    public async Task A_client_that_offers_another_protocol_in_ALPN_is_refused()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient, sessions);
        using var remote = await RawTspClient.Connect(address);
        await Assert.ThrowsAsync<AuthenticationException>(() => remote.StartTls(ClientIdentity.Context, "h2"));
        remote.Dispose();
        await AwaitAssertAsync(() => Assert.Empty(((Akka.Actor.ActorRefWithCell)server).Children));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("h2,tsp/1")]
    [InlineData("")]
    public async Task A_client_that_offers_TSP_among_others_or_offers_nothing_is_accepted(string offered)
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.StartTls(ClientIdentity.Context, offered.Split(',', StringSplitOptions.RemoveEmptyEntries));
        Assert.True((await sessions.ExpectMsgAsync<ConnectionOpened>()).IsSecure);
    }

    [Theory]
    [InlineData(LongestRecord + 1)]
    [InlineData(ushort.MaxValue)]
    public async Task A_record_that_is_longer_than_TLS_allows_ends_the_connection(int length)
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        byte[] record = [0x17, 3, 3, (byte)(length >> 8), (byte)length, .. new byte[length]];
        await link.Remote.Socket.SendAsync(record);
        await ExpectLost(link);
    }

    [Fact]
    public async Task A_record_that_was_changed_in_transit_ends_the_connection()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        await link.Remote.Socket.SendAsync((byte[])[0x17, 3, 3, 0, 32, .. new byte[32]]);
        await ExpectLost(link);
    }

    [Fact]
    public async Task Frames_in_plain_inside_a_TLS_connection_end_it()
    {
        using var link = await Connect(Patient);
        link.Tell(ReadMore.Instance);
        // A single PING could be the beginning of a record.
        var ping = FrameEncoder.Encode(Operation.Ping, 7);
        await link.Remote.Socket.SendAsync((byte[])[.. ping, .. ping, .. ping, .. ping]);
        await ExpectLost(link);
    }

    [Fact]
    public async Task A_TLS_client_may_pause_after_its_first_byte()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient, sessions);
        using var remote = await RawTspClient.Connect(address);
        await using var tls = new SslStream(new PausingStream(remote.Socket, TimeSpan.FromSeconds(2)));
        await tls.AuthenticateAsClientAsync(AnyServer());
        Assert.True((await sessions.ExpectMsgAsync<ConnectionOpened>()).IsSecure);
    }

    [Fact]
    public async Task A_TLS_client_that_pauses_for_longer_than_the_deadline_is_cut()
    {
        var sessions = CreateTestProbe();
        var (_, address) = await Listen(Patient with { FirstFrameTimeout = Soon }, sessions);
        using var remote = await RawTspClient.Connect(address);
        await remote.Send([PlainAnswer.TlsHandshake]);
        await remote.ExpectEnd();
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_TLS_client_that_sends_its_first_message_byte_by_byte_is_cut_at_the_deadline()
    {
        var sessions = CreateTestProbe();
        var (server, address) = await Listen(Patient with { FirstFrameTimeout = TimeSpan.FromSeconds(1) }, sessions);
        using var remote = await RawTspClient.Connect(address);
        // The message has more than 100 bytes, so it takes at least five seconds.
        var stream = new TricklingStream(remote.Socket, TimeSpan.FromMilliseconds(50));
        await using var tls = new SslStream(stream);
        await Assert.ThrowsAnyAsync<IOException>(() => tls.AuthenticateAsClientAsync(AnyServer()));
        Assert.True(stream.Sent > 1, "the connection ended at the first byte");
        Assert.False(stream.HasSentMessage, "the deadline came after the first message");
        await AwaitAssertAsync(() => Assert.Empty(((Akka.Actor.ActorRefWithCell)server).Children));
        await sessions.ExpectNoMsgAsync(TimeSpan.Zero);
    }

    [Fact]
    public async Task A_server_that_begins_a_handshake_as_a_client_is_reported()
    {
        using var listener = RawTspClient.Listen();
        var client = CreateTestProbe();
        client.ChildActorOf(TspConnectionActor.Outgoing(
            "127.0.0.1", listener.Address().Port, Patient, client, tls: TlsClient.AnyKey(ClientIdentity)));
        using var remote = await RawTspClient.Accept(listener);
        await IgnoreFailure(remote.StartTls(ServerIdentity.Context));
        Assert.Equal(TlsFailure.Failed, (await client.ExpectMsgAsync<ConnectFailed>()).Tls);
    }

    private static SslClientAuthenticationOptions AnyServer() => new()
    {
        TargetHost = "",
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate is not null,
    };

    private static async Task ExpectLost(Link link)
    {
        var closed = await link.Session.ExpectMsgAsync<ConnectionClosed>();
        Assert.Equal(CloseReason.Lost, closed.Reason);
        Assert.StartsWith("TLS ended the connection", closed.Message, StringComparison.Ordinal);
    }

    /// <summary>Sends the first byte at once, and everything else after a pause.</summary>
    private sealed class PausingStream(System.Net.Sockets.Socket socket, TimeSpan pause) : System.Net.Sockets.NetworkStream(socket)
    {
        private bool _hasBegun;

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (!_hasBegun)
            {
                _hasBegun = true;
                await base.WriteAsync(buffer[..1], cancellationToken);
                await Task.Delay(pause, cancellationToken);
                buffer = buffer[1..];
            }

            await base.WriteAsync(buffer, cancellationToken);
        }
    }

    /// <summary>Sends everything byte by byte, with a pause after each byte.</summary>
    private sealed class TricklingStream(System.Net.Sockets.Socket socket, TimeSpan pause) : System.Net.Sockets.NetworkStream(socket)
    {
        /// <summary>The number of bytes sent.</summary>
        public int Sent { get; private set; }

        /// <summary>True if one complete message has been sent.</summary>
        public bool HasSentMessage { get; private set; }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (var rest = buffer; !rest.IsEmpty; rest = rest[1..])
            {
                await base.WriteAsync(rest[..1], cancellationToken);
                Sent++;
                await Task.Delay(pause, cancellationToken);
            }

            HasSentMessage = true;
        }
    }
}
