using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Connections;

/// <summary>Checks how a connection to a remote end opens, or fails before a TLS handshake.</summary>
public class DialSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_name_is_resolved_and_its_addresses_are_tried_until_one_answers()
    {
        using var listener = RawTspClient.Listen();
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing("localhost", listener.Address().Port, Patient, session, tls: OutgoingTls));
        using var remote = await AcceptRaw(listener);
        Assert.Equal(listener.Address(), (await session.ExpectMsgAsync<ConnectionOpened>()).Remote);
    }

    [Fact]
    public async Task An_IPv6_address_can_be_dialled()
    {
        using var listener = RawTspClient.Listen(IPAddress.IPv6Loopback);
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing("::1", listener.Address().Port, Patient, session, tls: OutgoingTls));
        using var remote = await AcceptRaw(listener);
        Assert.Equal(listener.Address(), (await session.ExpectMsgAsync<ConnectionOpened>()).Remote);
    }

    [Fact]
    public async Task A_port_without_a_server_refuses_the_connection()
    {
        int port;
        using (var closed = RawTspClient.Listen())
            port = closed.Address().Port;
        Assert.Equal($"127.0.0.1:{port} refused the connection or cannot be reached", await FailureOf("127.0.0.1", port, Patient));
    }

    [Fact]
    public async Task An_unknown_name_is_reported() =>
        Assert.StartsWith(
            "the name no-such-tracker.invalid could not be resolved: ", await FailureOf("no-such-tracker.invalid", 7070, Patient),
            StringComparison.Ordinal);

    [Fact]
    public async Task Dialling_a_silent_host_fails_at_the_deadline()
    {
        // Linux drops a SYN to a server whose backlog is full, so these connection attempts never finish.
        using var full = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        full.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        full.Listen(0);
        var fillers = new List<Socket>();
        try
        {
            Task connecting;
            do
            {
                var filler = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
                fillers.Add(filler);
                connecting = filler.ConnectAsync(full.Address());
            }
            while (await Task.WhenAny(connecting, Task.Delay(Soon)) == connecting && fillers.Count < 100);

            var port = full.Address().Port;
            Assert.Equal(
                $"127.0.0.1:{port} did not answer within 0.2 s",
                await FailureOf("127.0.0.1", port, Patient with { ConnectTimeout = Soon }));
        }
        finally
        {
            fillers.ForEach(filler => filler.Dispose());
        }
    }

    [Fact]
    public async Task A_dial_can_be_cancelled()
    {
        var session = CreateTestProbe();
        var connection = session.ChildActorOf(
            TspConnectionActor.Outgoing("no-such-tracker.invalid", 7070, Patient, session, tls: OutgoingTls));
        connection.Tell(AbortConnection.Instance);
        await session.ExpectMsgAsync<ConnectFailed>();
    }

    private async Task<string> FailureOf(string host, int port, TransportSettings settings)
    {
        var session = CreateTestProbe();
        var connection = session.ChildActorOf(TspConnectionActor.Outgoing(host, port, settings, session, tls: OutgoingTls));
        Watch(connection);
        var failed = await session.ExpectMsgAsync<ConnectFailed>();
        Assert.Null(failed.Tls);
        await ExpectTerminatedAsync(connection);
        return failed.Reason;
    }
}
