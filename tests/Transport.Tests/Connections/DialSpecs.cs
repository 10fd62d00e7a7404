using System.Net.Sockets;
using System.Net;
using Akka.Actor;
using Akka.TestKit;
using TspActors.Transport.Connections;
using Xunit.Abstractions;

namespace TspActors.Transport.Tests.Connections;

public sealed class DialSpecs(ITestOutputHelper output) : TransportSpec(output)
{
    [Fact]
    public async Task A_name_is_resolved_and_its_addresses_are_tried_until_one_answers()
    {
        using var listener = RawTspClient.Listen();
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing("localhost", listener.Address().Port, Patient, session));
        using var remote = await listener.AcceptAsync();
        Assert.Equal(listener.Address(), (await session.ExpectMsgAsync<ConnectionOpened>()).Remote);
    }

    [Fact]
    public async Task An_IPv6_address_can_be_dialled()
    {
        using var listener = RawTspClient.Listen(IPAddress.IPv6Loopback);
        var session = CreateTestProbe();
        session.ChildActorOf(TspConnectionActor.Outgoing("::1", listener.Address().Port, Patient, session));
        using var remote = await listener.AcceptAsync();
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
    public void A_deadline_that_passes_before_the_first_attempt_is_reported_as_such()
    {
        var clock = new ManualClock();
        var dial = new Dial("127.0.0.1", 7070, Soon, clock, null);
        dial.AddAddresses([IPAddress.Loopback]);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Null(dial.Next());
        Assert.Equal("127.0.0.1:7070 did not answer within 0.2 s", dial.DescribeFailure());
    }

    [Fact]
    public async Task A_dial_can_be_cancelled()
    {
        var session = CreateTestProbe();
        var connection = session.ChildActorOf(TspConnectionActor.Outgoing("no-such-tracker.invalid", 7070, Patient, session));
        connection.Tell(AbortConnection.Instance);
        await session.ExpectMsgAsync<ConnectFailed>();
    }

    [Fact]
    public void A_few_addresses_may_each_use_all_the_remaining_time()
    {
        var clock = new ManualClock();
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), clock);
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback, IPAddress.Any]);
        Assert.Equal((new IPEndPoint(IPAddress.IPv6Loopback, 7070), TimeSpan.FromSeconds(6)), dial.Next());
        Assert.Equal((new IPEndPoint(IPAddress.Loopback, 7070), TimeSpan.FromSeconds(6)), dial.Next());
        Assert.True(dial.HasUntried);
        clock.Pass(TimeSpan.FromSeconds(2));
        Assert.Equal((new IPEndPoint(IPAddress.Any, 7070), TimeSpan.FromSeconds(4)), dial.Next());
        Assert.False(dial.HasUntried);
        Assert.Null(dial.Next());
        Assert.Equal("tracker:7070 refused the connection or cannot be reached (tried ::1, 127.0.0.1, 0.0.0.0)", dial.DescribeFailure());
    }

    [Fact]
    public void If_there_are_more_addresses_than_may_be_tried_at_once_a_silent_one_leaves_time_for_the_others()
    {
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), new ManualClock());
        dial.AddAddresses([.. Enumerable.Range(1, 6).Select(last => IPAddress.Parse($"192.0.2.{last}"))]);

        Assert.Equal(TimeSpan.FromSeconds(3), dial.Next()?.Timeout);
        for (var started = 1; started < Dial.AtOnce; started++)
            Assert.NotNull(dial.Next());
        Assert.Null(dial.Next());
        Assert.False(dial.IsLost);

        dial.RecordFailure();
        Assert.Equal((new IPEndPoint(IPAddress.Parse("192.0.2.5"), 7070), TimeSpan.FromSeconds(6)), dial.Next());
    }

    [Fact]
    public void The_host_is_given_up_once_every_attempt_has_failed()
    {
        var dial = new Dial("tracker", 7070, TimeSpan.FromSeconds(6), new ManualClock());
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback]);
        dial.Next();
        dial.Next();
        Assert.Null(dial.Next());
        Assert.False(dial.IsLost);

        dial.RecordFailure();
        Assert.False(dial.IsLost);
        dial.RecordFailure();
        Assert.True(dial.IsLost);
    }

    [Fact]
    public void No_address_is_tried_once_the_time_is_used_up()
    {
        var clock = new ManualClock();
        var dial = new Dial("::1", 7070, TimeSpan.FromSeconds(6), clock);
        dial.AddAddresses([IPAddress.IPv6Loopback, IPAddress.Loopback]);
        dial.Next();
        clock.Pass(TimeSpan.FromSeconds(6));
        Assert.Null(dial.Next());
        Assert.Equal("[::1]:7070 did not answer within 6 s", dial.DescribeFailure());
    }

    [Theory]
    [InlineData("tracker", "the name tracker resolves to 224.0.0.1, which is not a valid address for a remote host, so it was not tried")]
    [InlineData("224.0.0.1", "224.0.0.1 is not a valid address for a remote host, so it was not tried")]
    public void An_address_that_is_not_permitted_is_not_tried_and_is_reported(string host, string reason)
    {
        var dial = new Dial(host, 7070, TimeSpan.FromSeconds(6), new ManualClock(), permits: _ => false);
        dial.AddAddresses([IPAddress.Parse("224.0.0.1")]);
        Assert.Null(dial.Next());
        Assert.Equal(reason, dial.DescribeFailure());
    }

    [Fact]
    public void A_name_that_is_not_resolved_in_time_is_reported() =>
        Assert.Equal(
            "the name tracker could not be resolved within 5 s",
            new Dial("tracker", 7070, TimeSpan.FromSeconds(5), TimeProvider.System).DescribeTimeout());

    private async Task<string> FailureOf(string host, int port, TransportSettings settings)
    {
        var session = CreateTestProbe();
        var connection = session.ChildActorOf(TspConnectionActor.Outgoing(host, port, settings, session));
        Watch(connection);
        var reason = (await session.ExpectMsgAsync<ConnectFailed>()).Reason;
        await ExpectTerminatedAsync(connection);
        return reason;
    }
}
