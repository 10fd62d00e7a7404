using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.TestKit;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Connections;

/// <summary>Checks how the addresses of a name race, with real sockets on ::1 and 127.0.0.1.</summary>
public class DialRaceSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    private static readonly IPAddress[] Both = [IPAddress.Loopback, IPAddress.IPv6Loopback];

    [Fact]
    public async Task A_silent_IPv6_address_does_not_keep_IPv4_from_connecting()
    {
        await using var silent = await SilentPort.OpenAsync(IPAddress.IPv6Loopback, Soon);
        using var listener = silent.ListenBeside(IPAddress.Loopback);
        var session = CreateTestProbe();

        // Nothing but the race can open the connection: the attempt at ::1 may take the whole minute that Patient allows.
        var connection = session.ChildActorOf(Outgoing(silent.Port, session));
        using var remote = await AcceptRaw(listener);

        Assert.Equal(new IPEndPoint(IPAddress.Loopback, silent.Port), (await session.ExpectMsgAsync<ConnectionOpened>()).Remote);
        await AwaitAssertAsync(async () => await AssertNoAttemptIsLeftAsync(connection));
    }

    [Fact]
    public async Task A_refused_address_is_followed_by_the_next_one_at_once()
    {
        using var listener = RawTspClient.Listen();
        var session = CreateTestProbe();

        var connection = session.ChildActorOf(Outgoing(listener.Address().Port, session));
        using var remote = await AcceptRaw(listener);

        Assert.Equal(listener.Address(), (await session.ExpectMsgAsync<ConnectionOpened>()).Remote);
        await AwaitAssertAsync(async () => await AssertNoAttemptIsLeftAsync(connection));
    }

    [Fact]
    public async Task If_all_addresses_refuse_the_failure_names_them_in_the_order_in_which_they_were_tried()
    {
        int port;
        using (var closed = RawTspClient.Listen())
            port = closed.Address().Port;
        var session = CreateTestProbe();

        session.ChildActorOf(Outgoing(port, session));

        Assert.Equal(
            $"tracker.example:{port} refused the connection or cannot be reached (tried ::1, 127.0.0.1)",
            (await session.ExpectMsgAsync<ConnectFailed>()).Reason);
    }

    [Fact]
    public async Task Silent_addresses_of_both_families_fail_at_their_shared_deadline()
    {
        await using var six = await SilentPort.OpenAsync(IPAddress.IPv6Loopback, Soon);
        await using var four = await SilentPort.OpenAsync(IPAddress.Loopback, Soon, six.Port);
        var session = CreateTestProbe();

        session.ChildActorOf(Outgoing(six.Port, session, Patient with { ConnectTimeout = TimeSpan.FromSeconds(1) }));

        Assert.StartsWith(
            $"tracker.example:{six.Port} did not answer within 1 s (tried ::1",
            (await session.ExpectMsgAsync<ConnectFailed>()).Reason, StringComparison.Ordinal);
    }

    private Props Outgoing(int port, TestProbe session, TransportSettings? settings = null) => TspConnectionActor.Outgoing(
        _ => Task.FromResult(Both), "tracker.example", port, settings ?? Patient, session, permits: null, tls: OutgoingTls);

    private async Task AssertNoAttemptIsLeftAsync(IActorRef connection) =>
        await Assert.ThrowsAsync<ActorNotFoundException>(
            () => Sys.ActorSelection($"{connection.Path}/*").ResolveOne(Soon));

    /// <summary>
    /// A port that completes no connection: Linux drops a SYN to a server whose backlog is full, so that attempts never finish.
    /// </summary>
    private sealed class SilentPort(Socket full) : IAsyncDisposable
    {
        private const int MostFillers = 100;

        private readonly List<Socket> _fillers = [];

        public int Port => full.Address().Port;

        public static async Task<SilentPort> OpenAsync(IPAddress address, TimeSpan patience, int port = 0)
        {
            var full = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            full.Bind(new IPEndPoint(address, port));
            full.Listen(0);
            var silent = new SilentPort(full);
            Task connecting;
            do
            {
                var filler = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
                silent._fillers.Add(filler);
                connecting = filler.ConnectAsync(full.Address());
            }
            while (await Task.WhenAny(connecting, Task.Delay(patience)) == connecting && silent._fillers.Count < MostFillers);

            return silent;
        }

        /// <summary>Listens on the same port of another address.</summary>
        public Socket ListenBeside(IPAddress address)
        {
            var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(address, Port));
            listener.Listen();
            return listener;
        }

        public ValueTask DisposeAsync()
        {
            _fillers.ForEach(filler => filler.Dispose());
            full.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
