using Akka.Actor;
using Akka.TestKit;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests;

/// <summary>Tests the tracker's actor with probes in place of peers.</summary>
public sealed class TrackerActorSpecs : ProbeSpec
{
    private readonly PublishedCatalog _catalog = new();
    private readonly TrackerCounts _counts = new();
    private readonly TestProbe _peerRegistry;
    private readonly IActorRef _tracker;

    public TrackerActorSpecs()
    {
        _peerRegistry = CreateTestProbe();
        _tracker = Sys.ActorOf(TrackerActor.Props(new TrackerSettings(), _catalog, _counts, _peerRegistry));
    }

    [Fact]
    public async Task Ids_are_sent_once_the_songs_are_in_the_catalog()
    {
        var peer = Join(1);
        Assert.Equal(3, await Share(peer, 1, 3));
        Assert.Equal(3, _catalog.Current.Count);
    }

    [Fact]
    public async Task When_a_peers_actor_stops_its_songs_are_removed()
    {
        var peer = Join(1);
        await Share(peer, 1, 3);
        Sys.Stop(peer);
        await AwaitAssertAsync(() => Assert.Equal(0, _catalog.Current.Count));
    }

    [Fact]
    public async Task A_replaced_actor_that_stops_late_does_not_remove_its_successors_songs()
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
    public async Task After_a_failure_no_peer_is_counted_as_registered()
    {
        await _peerRegistry.ExpectMsgAsync<CatalogBegun>();
        await Share(Join(1), 1, 3);
        Assert.Equal(1, _counts.Peers);
        _tracker.Tell(new Status.Failure(new InvalidOperationException("the merge has failed")));
        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Peers));
        await _peerRegistry.ExpectMsgAsync<CatalogBegun>();
        Assert.Equal(0, _catalog.Current.Count);
    }

    [Fact]
    public async Task In_a_cluster_a_share_is_screened_and_given_ids_and_then_applied_only_for_the_actor_that_sent_it()
    {
        var (ids, replicator, cluster) = (CreateTestProbe(), CreateTestProbe(), CreateTestProbe());
        var actors = new ClusterActors(ids, replicator, cluster, Address.Parse("akka://one@10.0.0.1:1"));
        var tracker = Sys.ActorOf(TrackerActor.Props(new TrackerSettings(), _catalog, _counts, _peerRegistry, actors));
        var peer = CreateTestProbe();
        tracker.Tell(new HostJoined(Samples.Host(1), WantsBroadcasts: false), peer);
        tracker.Tell(new ApplyShare(Samples.Peer(1), Samples.Complete(Samples.Songs(3)).InBatches().Single()), peer);
        var resolve = await ids.ExpectMsgAsync<ResolveIds>();
        Assert.All(resolve.Share.Added, song => Assert.True(song.IsCounted));

        var share = resolve.Share with
        {
            Added = [.. resolve.Share.Added.Select((song, index) => song with { LastId = 11 + index,
            HasId = true })]
        };
        tracker.Tell(new ApplyResolvedShare(resolve.Peer, share, CreateTestProbe()), ids);
        tracker.Tell(new ApplyResolvedShare(resolve.Peer, share, resolve.PeerActor), ids);
        Assert.Equal([11, 12, 13], (await peer.ExpectMsgAsync<SongsAssigned>()).Songs.Select(song => song.Id));
        Assert.False(peer.HasMessages);
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
