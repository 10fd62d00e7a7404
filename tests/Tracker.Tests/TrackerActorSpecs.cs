using Akka.Actor;
using Akka.TestKit;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Monitoring;

namespace TspActors.Tracker.Tests;

/// <summary>The tracker's actor, with probes that speak for peers.</summary>
public sealed class TrackerActorSpecs : ProbeSpec
{
    private readonly PublishedCatalog _catalog = new();
    private readonly TrackerCounts _counts = new();
    private readonly IActorRef _tracker;

    public TrackerActorSpecs() => _tracker = Sys.ActorOf(TrackerActor.Props(new TrackerSettings(), _catalog, _counts));

    [Fact]
    public async Task Ids_are_told_when_the_songs_are_in_the_catalog()
    {
        var peer = Join(1);
        Assert.Equal(3, await Share(peer, 1, 3));
        Assert.Equal(3, _catalog.Current.Count);
    }

    [Fact]
    public async Task When_a_peers_actor_ends_its_songs_go()
    {
        var peer = Join(1);
        await Share(peer, 1, 3);
        Sys.Stop(peer);
        await AwaitAssertAsync(() => Assert.Equal(0, _catalog.Current.Count));
    }

    [Fact]
    public async Task News_of_a_replaced_actors_end_that_comes_late_takes_nothing_of_its_successor()
    {
        var old = Join(1);
        await Share(old, 1, 3);
        var successor = Join(1);
        await Share(successor, 1, 2);
        Assert.Equal(2, _catalog.Current.Count);

        Watch(old);
        Sys.Stop(old);
        await ExpectTerminatedAsync(old);
        for (var songs = 2; songs < 20; songs++)
            Assert.Equal(songs, await Share(successor, 1, songs));
        Assert.Equal(19, _catalog.Current.Count);
    }

    [Fact]
    public async Task After_a_failure_nobody_is_counted_as_registered()
    {
        await Share(Join(1), 1, 3);
        Assert.Equal(1, _counts.Peers);
        Sys.ActorSelection(_tracker.Path / "peers").Tell(Kill.Instance);
        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Peers));
    }

    private TestProbe Join(int peer)
    {
        var probe = CreateTestProbe();
        _tracker.Tell(new HostJoined(Samples.Host(peer), WantsBroadcasts: false), probe);
        return probe;
    }

    private async Task<int> Share(TestProbe probe, int peer, int songs)
    {
        _tracker.Tell(new ApplyShare(Samples.Peer(peer), Samples.Complete(Samples.Songs(songs)).InBatches().Single()), probe);
        return (await probe.ExpectMsgAsync<SongsAssigned>()).Songs.Count;
    }
}
