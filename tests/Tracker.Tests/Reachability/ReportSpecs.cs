using System.Net;
using TspActors.Protocol;
using TspActors.Tracker.Reachability;
using TspActors.Tracker.Tests.Calls;

namespace TspActors.Tracker.Tests.Reachability;

/// <summary>Checks how peers report another port, and learn whether the tracker has reached it.</summary>
public sealed class ReportSpecs : CallSpec
{
    private const int RequestId = int.MaxValue;

    [Theory]
    [InlineData(0u)]
    [InlineData(22u)]
    [InlineData(65_536u)]
    public async Task A_port_that_is_never_tried_is_a_bad_request(uint port)
    {
        var peer = await Join(1, PeerFeatures.Call, ClosedPort());

        await peer.Send(Operation.Reach, RequestId, new Reach { ListenPort = port });

        await peer.ExpectError(ErrorCode.BadRequest, RequestId);
        await peer.Settle();
    }

    [Fact]
    public async Task A_port_in_a_hello_that_is_never_tried_is_not_tried_and_its_peer_may_report_another()
    {
        var peer = await Connect();
        var hello = PeerClient.Hello(1, port: 22);
        hello.Hello.Features = (ulong)PeerFeatures.Call;
        await peer.Register(hello);

        Assert.Equal(
            new Reach { ListenPort = 22, Observed = "127.0.0.1:22", Reason = "the tracker does not probe port 22" },
            await peer.Expect<Reach>(Operation.Reach));
        var port = (uint)OpenPort();
        await peer.Send(Operation.Reach, RequestId, new Reach { ListenPort = port });
        var result = await peer.Expect<Reach>(Operation.Reach);
        Assert.Equal(new Reach { ListenPort = port, Reachable = true, Observed = $"127.0.0.1:{port}" }, result);
    }

    [Fact]
    public async Task A_requester_whose_port_is_never_tried_cannot_call_a_host()
    {
        var host = await HostOf(song: 1, peer: 1);
        var requester = await Join(2, PeerFeatures.Callable, 22);

        Assert.Equal(ErrorCode.Forbidden, (await Refusal(requester, To(1))).Code);
        await host.Settle();
    }

    [Fact]
    public async Task A_peer_whose_list_entry_cannot_change_cannot_report_a_port()
    {
        var peer = await Join(1);

        await peer.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)OpenPort() });

        await peer.ExpectError(ErrorCode.BadRequest, RequestId);
        await peer.Settle();
    }

    [Fact]
    public async Task A_reported_port_is_listed_once_it_was_reached()
    {
        var host = await HostOf(song: 1, peer: 1);
        var port = (uint)OpenPort();

        await host.Send(Operation.Reach, RequestId, new Reach { ListenPort = port });

        var result = await host.Expect<Reach>(Operation.Reach);
        Assert.Equal(new Reach { ListenPort = port, Reachable = true, Observed = $"127.0.0.1:{port}" }, result);
        await GrantBecomes(host, granted => granted.Port == port && granted.Reachable);
    }

    [Fact]
    public async Task A_reported_port_that_was_not_reached_changes_nothing_and_its_peer_learns_why()
    {
        var listed = OpenPort();
        var host = await Join(1, PeerFeatures.Call, listed);
        await host.Share(Samples.Complete(Samples.Song(1)));
        var port = ClosedPort();

        await host.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)port });

        var result = await host.Expect<Reach>(Operation.Reach);
        Assert.Equal((false, (uint)port, $"127.0.0.1:{port}"), (result.Reachable, result.ListenPort, result.Observed));
        Assert.NotEmpty(result.Reason);
        await GrantBecomes(host, granted => granted.Port == listed && granted.Reachable);
    }

    [Fact]
    public async Task A_second_report_within_10_seconds_is_refused()
    {
        var peer = await Join(1, PeerFeatures.Call, ClosedPort());
        await peer.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)OpenPort() });
        Assert.True((await peer.Expect<Reach>(Operation.Reach)).Reachable);

        await peer.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)OpenPort() });

        var error = await peer.ExpectError(ErrorCode.RateLimited, RequestId);
        Assert.True(error.Retryable);
        Assert.InRange(error.RetryAfterMs, 1u, 10_000u);
        await peer.Settle();
    }

    [Fact]
    public async Task The_21st_port_of_an_address_within_an_hour_is_refused()
    {
        for (var peer = 1; peer <= ReachLimits.PortsOfAddress; peer++)
        {
            var client = await Join(peer, PeerFeatures.Callable, ClosedPort());
            await client.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)OpenPort() });
            Assert.True((await client.Expect<Reach>(Operation.Reach)).Reachable);
        }

        var last = await Join(100, PeerFeatures.Callable, ClosedPort());
        await last.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)OpenPort() });
        await last.ExpectError(ErrorCode.RateLimited, RequestId);
    }

    [Fact]
    public async Task A_requester_that_was_reached_at_its_new_port_is_called_there()
    {
        var host = await HostOf(song: 1, peer: 1);
        var requester = await Join(2, PeerFeatures.Callable, ClosedPort());
        var port = OpenPort();
        await requester.Send(Operation.Reach, RequestId, new Reach { ListenPort = (uint)port });
        await requester.Expect(Operation.Reach);

        Assert.Equal($"127.0.0.1:{port}", (await Delivered(requester, host, To(1))).Endpoint);
    }

    [Fact]
    public async Task A_grant_names_local_endpoints_and_calls_only_where_they_help()
    {
        var host = await Connect();
        var hello = PeerClient.Hello(1, port: (uint)ClosedPort());
        hello.Hello.Features = (ulong)PeerFeatures.Call;
        hello.Hello.LocalEndpoints.Add("192.168.1.5:7071");
        hello.Hello.LocalEndpoints.Add("8.8.8.8:53");
        await host.Register(hello);
        await host.Expect(Operation.Reach);
        await host.Share(Samples.Complete(Samples.Song(1)));
        var requester = await Requester(2);
        var elsewhere = await Connect(from: IPAddress.Parse("127.0.0.2"));
        await elsewhere.Register(PeerClient.Hello(3, port: 0));

        var way = Assert.Single(await WaysAsync(requester));

        Assert.Equal(new HostReach { PeerId = Id(1), Endpoints = { "192.168.1.5:7071" }, Callable = true }, way);
        Assert.Empty(await WaysAsync(elsewhere));
        Assert.Empty(await WaysAsync(await Connect()));
    }

    private static async Task<IReadOnlyList<HostReach>> WaysAsync(RawTspClient client)
    {
        await client.Send(Operation.Play, 1);
        return (await client.Expect<PlayGrant>(Operation.Play)).Reach;
    }

    // The catalog learns of the port a moment after the peer does.
    private static async Task GrantBecomes(RawTspClient client, Predicate<Host> expected)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (true)
        {
            await client.Send(Operation.Play, 1);
            if (expected((await client.Expect<PlayGrant>(Operation.Play)).Song.Hosts[0]))
                return;
            await Task.Delay(5, patience.Token);
        }
    }
}
