using System.Net;
using Akka.Actor;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Hosting;

/// <summary>Checks what a peer does when its port closes.</summary>
public sealed class PortLostSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    [Fact]
    public async Task A_port_that_closes_is_noticed_and_the_peer_can_still_be_stopped()
    {
        var node = await StartAsync();
        Assert.False(node.PortLost.IsCompleted);

        Sys.Stop(await Sys.ActorSelection("/user/tsp").ResolveOne(TimeSpan.FromSeconds(30)));

        await node.PortLost.WaitAsync(TimeSpan.FromSeconds(30));
        await node.StopAsync();
    }

    [Fact]
    public async Task Stopping_a_peer_does_not_count_as_losing_its_port()
    {
        var node = await StartAsync();

        await node.StopAsync();

        Assert.False(node.PortLost.IsCompleted);
    }

    private Task<PeerNode> StartAsync() => PeerNode.StartAsync(
        Sys,
        new PeerSettings
        {
            Endpoint = new IPEndPoint(IPAddress.Loopback, 0),
            Trackers = [new TrackerAddress("127.0.0.1", 1)],
            DataFolder = Folder.In("data"),
        },
        () => throw new InvalidOperationException("no sound"),
        remembersSongs: false);
}
