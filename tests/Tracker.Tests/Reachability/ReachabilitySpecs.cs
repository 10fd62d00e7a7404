using System.Net;
using System.Net.Sockets;
using System.Text;
using TspActors.Protocol;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;

namespace TspActors.Tracker.Tests.Reachability;

/// <summary>Checks that the tracker probes the ports of its peers and reports the results in grants.</summary>
public sealed class ReachabilitySpecs : TrackerSpec
{
    private static readonly IPAddress Elsewhere = IPAddress.Parse("127.0.0.2");

    private readonly TrackerTelemetry _telemetry = new();
    private readonly List<Socket> _ports = [];

    protected override TrackerSettings Settings => Patient with
    {
        Reachability = new ReachabilitySettings
        {
            Timeout = TimeSpan.FromSeconds(20),
            RetryMin = TimeSpan.FromMilliseconds(20),
            RetryMax = TimeSpan.FromMilliseconds(20),
            AtOnce = 8,
        },
    };

    [Fact]
    public async Task A_port_that_answers_PING_is_reachable()
    {
        var port = Open();
        var host = await HostAt(1, port);

        using (var probe = await port.AcceptAsync())
        {
            Assert.Equal([0x08, 0, 0, 0, 1], await PeerPort.Read(probe, 5));
            await probe.SendAsync(FrameEncoder.Encode(Operation.Pong, 1));
            Assert.Empty(await PeerPort.Read(probe, 1));
        }

        await GrantBecomes(host, hosts => hosts is [{ Reachable: true }]);
        Assert.True((await host.List()).Songs[0].Hosts[0].Reachable);
    }

    [Theory]
    [InlineData("SSH-2.0-OpenSSH_9.6\r\n")]
    [InlineData("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")]
    [InlineData("220 mail.example ESMTP\r\n")]
    [InlineData("-ERR unknown command\r\n")]
    [InlineData("\u0009\0\0\0\u0002")]
    [InlineData("\u0008\0\0\0\u0001")]
    public async Task A_port_that_answers_with_anything_but_the_PONG_is_not_reachable(string reply)
    {
        var port = Open();
        var host = await HostAt(1, port);
        using (var probe = await port.AcceptAsync())
        {
            await PeerPort.Read(probe, 5);
            await probe.SendAsync(Encoding.Latin1.GetBytes(reply));
            await PeerPort.Read(probe, 1);
        }

        await AwaitAsync(() => _telemetry.Counts.UnreachablePeers == 1);
        await GrantBecomes(host, hosts => hosts is [{ Reachable: false }]);
    }

    [Fact]
    public async Task A_port_of_another_program_is_not_reachable()
    {
        var port = Open();
        var host = await HostAt(1, port);
        using (var probe = await port.AcceptAsync())
            await probe.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
        port.Dispose();

        await AwaitAsync(() => _telemetry.Counts.UnreachablePeers == 1);

        await GrantBecomes(host, hosts => hosts is [{ Reachable: false }]);
        await host.Send(Operation.Quit);
        await AwaitAsync(() => _telemetry.Counts.UnreachablePeers == 0);
    }

    [Fact]
    public async Task A_closed_port_is_probed_again_until_it_is_open()
    {
        var closed = Open();
        var number = (uint)((IPEndPoint)closed.LocalEndPoint!).Port;
        closed.Dispose();
        var host = await HostAt(1, number);
        await AwaitAsync(() => _telemetry.Counts.UnreachablePeers == 1);
        var port = Open((int)number);
        await PeerPort.Answer(port);

        await GrantBecomes(host, hosts => hosts is [{ Reachable: true }]);
        Assert.Equal(0, _telemetry.Counts.UnreachablePeers);
    }

    [Fact]
    public async Task A_host_that_becomes_unreachable_is_listed_last()
    {
        var (first, second) = (Open(), Open());
        await HostAt(1, first);
        var client = await HostAt(2, second);
        await PeerPort.Answer(first);
        await PeerPort.Answer(second);
        await GrantBecomes(client, hosts => hosts.All(host => host.Reachable));

        first.Dispose();
        var answering = PeerPort.AnswerAll(second);

        // Until now, either of the two hosts could come first.
        for (var i = 0; i < 20; i++)
            await GrantBecomes(client, hosts => hosts is [{ Name: "peer 2", Reachable: true }, { Name: "peer 1", Reachable: false }]);
        second.Dispose();
        await answering;
    }

    [Fact]
    public async Task One_address_uses_at_most_a_quarter_of_the_simultaneous_probes()
    {
        var ports = Enumerable.Range(1, 5).Select(_ => Open()).ToList();
        for (var peer = 1; peer <= 5; peer++)
            await HostAt(peer, ports[peer - 1]);
        // Two probes hang, and the others wait until one of them ends.
        using var first = await ports[0].AcceptAsync();
        using var second = await ports[1].AcceptAsync();
        await (await Connect()).Settle();
        Assert.All(ports.Skip(2), port => Assert.False(port.Poll(0, SelectMode.SelectRead)));

        // A port at another address does not wait for these probes.
        var other = Open(address: Elsewhere);
        await HostAt(6, other, Elsewhere);
        using (await other.AcceptAsync())
            Assert.All(ports.Skip(2), port => Assert.False(port.Poll(0, SelectMode.SelectRead)));

        await first.SendAsync(FrameEncoder.Encode(Operation.Pong, 1));
        Assert.Equal(5, (await PeerPort.Read(first, 5)).Length);
        first.Shutdown(SocketShutdown.Both);

        using var third = await ports[2].AcceptAsync();
    }

    [Fact]
    public async Task Simultaneous_probes_are_limited()
    {
        await StartTracker(Settings with { Reachability = Settings.Reachability with { AtOnce = 1 } }, _telemetry);
        var (first, second) = (Open(), Open(address: Elsewhere));
        await HostAt(1, first);
        using (var hanging = await first.AcceptAsync())
        {
            await HostAt(2, second, Elsewhere);
            await (await Connect()).Settle();
            Assert.False(second.Poll(0, SelectMode.SelectRead));
        }

        using var next = await second.AcceptAsync();
    }

    [Fact]
    public async Task A_peer_that_has_left_is_not_probed_again()
    {
        var port = Open();
        var host = await HostAt(1, port);
        await PeerPort.Answer(port);
        await host.Send(Operation.Quit);
        await host.ExpectEnd();
        await AwaitAsync(() => _telemetry.Counts.Peers == 0);
        var other = Open();
        await HostAt(2, other);
        for (var i = 0; i < 5; i++)
            await PeerPort.Answer(other);

        // At most one probe was under way when the peer left.
        var tries = 0;
        while (port.Poll(0, SelectMode.SelectRead))
        {
            (await port.AcceptAsync()).Dispose();
            tries++;
        }

        Assert.InRange(tries, 0, 1);
    }

    [Fact]
    public async Task With_probing_off_every_host_counts_as_reachable()
    {
        await StartTracker(Patient);
        var host = await Host(1, Samples.Song(1));

        await GrantBecomes(host, hosts => hosts is [{ Reachable: true }]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_secure_host_is_reachable_only_if_its_port_answers_with_its_key(bool hasKey)
    {
        await StartTracker(Settings, _telemetry);
        using var key = new PeerKey();
        using var other = new PeerKey();
        var port = RawTspClient.Listen();
        _ports.Add(port);
        var answering = AnswerSecurely(port, hasKey ? key : other);
        var host = await Connect();
        await host.StartTls(key.Context);
        await host.Register(key.Hello((uint)((IPEndPoint)port.LocalEndPoint!).Port));
        await host.Share(Samples.Complete(Samples.Song(1)));

        if (hasKey)
            await GrantBecomes(host, hosts => hosts is [{ Reachable: true, Secure: true }]);
        await answering;
        Assert.Equal(hasKey ? 0 : 1, hasKey ? 0 : await UnreachableAsync());
    }

    public override async Task DisposeAsync()
    {
        foreach (var port in _ports)
            port.Dispose();
        await base.DisposeAsync();
    }

    // Answers the first probe.
    private static async Task AnswerSecurely(Socket port, PeerKey key)
    {
        using var probe = await RawTspClient.Accept(port);
        try
        {
            await probe.AcceptTls(key.Context);
            var ping = await probe.Expect(Operation.Ping);
            await probe.Send(Operation.Pong, ping.SongId);
        }
        catch (Exception error) when (error is IOException or global::System.Security.Authentication.AuthenticationException)
        {
            // A probe that is shown another key ends the handshake.
        }
    }

    private async Task<int> UnreachableAsync()
    {
        await AwaitAsync(() => _telemetry.Counts.UnreachablePeers == 1);
        return (int)_telemetry.Counts.UnreachablePeers;
    }

    private Socket Open(int port = 0, IPAddress? address = null)
    {
        var socket = PeerPort.Open(port, address);
        _ports.Add(socket);
        return socket;
    }

    private Task<RawTspClient> HostAt(int peer, Socket port, IPAddress? from = null) =>
        HostAt(peer, (uint)((IPEndPoint)port.LocalEndPoint!).Port, from);

    private async Task<RawTspClient> HostAt(int peer, uint port, IPAddress? from = null)
    {
        if (_telemetry.Readiness.Missing.Count > 0)
            await StartTracker(Settings, _telemetry);
        var client = await Connect(from: from);
        await client.Register(PeerClient.Hello(peer, port: port));
        await client.Share(Samples.Complete(Samples.Song(1)));
        return client;
    }

    private static Task GrantBecomes(RawTspClient client, Predicate<IList<Host>> expected) => AwaitAsync(async () =>
    {
        await client.Send(Operation.Play, 1);
        return expected((await client.Expect<PlayGrant>(Operation.Play)).Song.Hosts);
    });

    private static Task AwaitAsync(Func<bool> expected) => AwaitAsync(() => Task.FromResult(expected()));

    // No working code takes this long.
    private static async Task AwaitAsync(Func<Task<bool>> expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!await expected())
            await Task.Delay(5, patience.Token);
    }
}
