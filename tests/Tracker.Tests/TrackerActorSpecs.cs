using Akka.Actor;
using Akka.TestKit;
using Google.Protobuf;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;

namespace TspActors.Tracker.Tests;

/// <summary>Tests the TrackerActor with probes in place of peers.</summary>
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
        tracker.Tell(new ApplyResolvedShare(resolve.Peer, share, CreateTestProbe(), 1), ids);
        tracker.Tell(new ApplyResolvedShare(resolve.Peer, share, resolve.PeerActor, 1), ids);
        Assert.Equal([11, 12, 13], (await peer.ExpectMsgAsync<SongsAssigned>()).Songs.Select(song => song.Id));
        Assert.False(peer.HasMessages);
    }

    [Fact]
    public async Task In_a_cluster_a_peer_that_leaves_stays_listed_until_the_other_trackers_have_been_heard()
    {
        var (tracker, replicator) = ClusterTracker();
        var peer = await ShareInCluster(tracker, replicator);
        await Hear(tracker);

        Sys.Stop(peer.Ref);
        await AwaitAssertAsync(() => Assert.Equal(0, _counts.Peers));
        Assert.Equal(3, _catalog.Current.Count);
        // The other tracker sends updates repeatedly, as trackers do.
        await AwaitConditionAsync(async () =>
        {
            await Hear(tracker);
            return _catalog.Current.Count == 0;
        });
        Assert.Equal(Samples.Peer(1), (await replicator.ExpectMsgAsync<LocalChange.Left>()).Peer);
    }

    [Fact]
    public async Task In_a_cluster_the_departure_of_a_peer_that_has_moved_is_reported_only_after_it_leaves_its_new_tracker()
    {
        var (tracker, replicator) = ClusterTracker();
        await ShareInCluster(tracker, replicator);
        await Hear(tracker);

        await Hear(tracker, new RemoteChange.Joined(Samples.Host(1), ulong.MaxValue - 1, ByteString.Empty));
        await Hear(tracker);
        Assert.Equal((0, 3), (_counts.Peers, _catalog.Current.Count));
        Assert.False(replicator.HasMessages);

        await Hear(tracker, new RemoteChange.Left(Samples.Peer(1), ulong.MaxValue - 1));
        Assert.Equal(Samples.Peer(1), (await replicator.ExpectMsgAsync<LocalChange.Left>()).Peer);
        Assert.Equal(0, _catalog.Current.Count);
    }

    private (IActorRef Tracker, TestProbe Replicator) ClusterTracker()
    {
        var replicator = CreateTestProbe();
        var actors = new ClusterActors(CreateTestProbe(), replicator, CreateTestProbe(), Address.Parse("akka://one@10.0.0.1:1"));
        return (Sys.ActorOf(TrackerActor.Props(new TrackerSettings(), _catalog, _counts, _peerRegistry, actors)), replicator);
    }

    // Returns the peer's actor once the replicator has received its three songs.
    private async Task<TestProbe> ShareInCluster(IActorRef tracker, TestProbe replicator)
    {
        var peer = CreateTestProbe();
        tracker.Tell(new HostJoined(Samples.Host(1), WantsBroadcasts: false), peer);
        var share = Samples.Complete(Samples.Songs(3)).InBatches().Single();
        tracker.Tell(
            new ApplyResolvedShare(
                Samples.Peer(1),
                share with { Added = [.. share.Added.Select((song, index) => song with { LastId = 11 + index, HasId = true })] },
                peer,
                20));
        Assert.Equal(3, (await peer.ExpectMsgAsync<SongsAssigned>()).Songs.Count);
        await replicator.FishForMessageAsync(message => message is LocalChange.Songs);
        return peer;
    }

    private async Task Hear(IActorRef tracker, params RemoteChange[] changes)
    {
        var replica = CreateTestProbe();
        tracker.Tell(new ApplyShardChanges(Address.Parse("akka://two@10.0.0.2:1"), 1, changes, null), replica);
        await replica.ExpectMsgAsync<ShardChangesApplied>();
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
