using System.Net;
using Akka.Actor;
using Akka.Configuration;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Tracker;
using TspActors.Transport;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks a TrackerLinkActor with real trackers that disappear one after another.</summary>
public sealed class LinkWithTrackersSpecs(ITestOutputHelper output) : TrackerLinkSpec(output)
{
    private readonly List<(ActorSystem System, TrackerNode Node)> _nodes = [];

    [Fact]
    public async Task Songs_and_their_ids_follow_the_peer_from_tracker_to_tracker()
    {
        for (var i = 0; i < 3; i++)
            await StartTrackerAsync();
        Start([.. _nodes.Select(node => new TrackerAddress("127.0.0.1", node.Node.Address.Port))], wantsBroadcasts: true);
        Link.Tell(Library((1, 41), (2, 7)));
        await SongsAreAtAsync(0);

        // An abrupt end, as if the tracker had been killed.
        await _nodes[0].System.Terminate();
        await SongsAreAtAsync(1);

        // An orderly shutdown.
        await _nodes[1].Node.StopAsync();
        await SongsAreAtAsync(2);
        Assert.Equal(2u, Assert.IsType<SongPage>(await AskAsync(new ListSongs())).Total);
        Assert.True(await StatusAsync() is { Connected: true, SongsInCatalog: 2 });
        Assert.Equal(41, Assert.Single(Assert.IsType<SongInfoPage>(await AskAsync(new DescribeSongs(41))).Songs).Id);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        Task.WaitAll(_nodes.Select(node => node.System.Terminate()));
    }

    private async Task StartTrackerAsync()
    {
        var system = ActorSystem.Create(
            "tracker", ConfigurationFactory.ParseString(TspTransport.Hocon + "\nakka.loglevel = ERROR\nakka.log-dead-letters = off"));
        _nodes.Add(
            (system, await TrackerNode.StartAsync(system, new TrackerSettings { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) })));
    }

    private Task SongsAreAtAsync(int tracker) => AwaitAssertAsync(
        async () =>
        {
            using var client = await RawTspClient.Connect(_nodes[tracker].Node.Address);
            await client.Send(Operation.List);
            Assert.Equal([7, 41], (await client.Expect<SongPage>(Operation.List)).Songs.Select(song => song.Id));
        },
        TimeSpan.FromSeconds(30), TimeSpan.FromMilliseconds(20));
}
