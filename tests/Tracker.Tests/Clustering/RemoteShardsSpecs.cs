using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

/// <summary>Checks how changes to another tracker's shard affect the local catalog.</summary>
public sealed class RemoteShardsSpecs
{
    private static readonly Address A = new("akka.tcp", "trackers", "127.0.0.1", 1);
    private static readonly Address B = new("akka.tcp", "trackers", "127.0.0.1", 2);
    private readonly SongRegistry _registry = new(new CatalogLimits(), new EncodedPages(0));
    private readonly RemoteRegistrations _elsewhere = new();
    private readonly RemoteShards _shards;

    public RemoteShardsSpecs() => _shards = new RemoteShards(_registry, new PeerOwnership(TimeProvider.System, A), _elsewhere);

    [Fact]
    public void Songs_that_a_moved_peer_does_not_share_again_are_removed_once_its_new_share_is_complete()
    {
        Apply(A, Joined(1), Songs(1, false, 1, 2, 3));
        Apply(B, Joined(2));
        Apply(B, Songs(2, false, 2));
        Assert.Equal([1, 2, 3], Listed());

        Apply(B, Songs(2, true, 4));

        Assert.Equal([2, 4], Listed());
    }

    [Fact]
    public void A_peer_that_did_not_move_keeps_its_earlier_songs()
    {
        Apply(A, Joined(1), Songs(1, false, 1, 2), Songs(1, true, 3));
        Apply(A, Songs(1, true, 4));

        Assert.Equal([1, 2, 3, 4], Listed());
    }

    [Fact]
    public void A_remote_song_whose_id_already_belongs_to_another_song_is_not_listed()
    {
        Apply(A, Joined(1), Songs(1, false, 1));
        Apply(A, new RemoteChange.Shared(Samples.Peer(1), 1, Batch([(9, 1)]), [], false));

        Assert.Equal([1], Listed());
        Assert.Equal(Samples.HashBytes(1), Song.Parser.ParseFrom(_registry.Publish().Find(1)!.Facts).ContentHash);
    }

    [Fact]
    public void A_peers_tracker_and_the_digest_of_its_secret_are_known_until_it_leaves()
    {
        Apply(A, Joined(1));
        Assert.Equal((A, "digest 1"), (_elsewhere.Find(Samples.Peer(1))!.Owner, _elsewhere.Find(Samples.Peer(1))!.ResumeDigest.ToStringUtf8()));

        Apply(B, Joined(2));
        Apply(A, new RemoteChange.Left(Samples.Peer(1), 1));
        Assert.Equal(B, _elsewhere.Find(Samples.Peer(1))!.Owner);

        _shards.Drop(B);
        Assert.Null(_elsewhere.Find(Samples.Peer(1)));
    }

    [Fact]
    public void A_host_moves_to_another_port_only_if_its_own_tracker_says_so()
    {
        var host = new CatalogHost(Samples.Peer(1), "peer", "127.0.0.1", 7071, features: PeerFeatures.Call);
        Apply(A, new RemoteChange.Joined(host, 1, ByteString.Empty), Songs(1, false, 1));

        Apply(A, new RemoteChange.Moved(Samples.Peer(1), 1, 9000, ["192.168.1.5:9000"]));
        Apply(B, new RemoteChange.Moved(Samples.Peer(1), 1, 9001, []));
        Apply(A, new RemoteChange.Moved(Samples.Peer(1), 7, 9002, []), new RemoteChange.Moved(Samples.Peer(2), 1, 9003, []));

        var listed = Assert.Single(_registry.Publish().Find(1)!.Hosts);
        Assert.Equal(9000, listed.Port);
        Assert.Equal(["192.168.1.5:9000"], listed.LocalEndpoints);
    }

    private static RemoteChange.Joined Joined(ulong stamp) => new(new CatalogHost(Samples.Peer(1), "peer", "127.0.0.1", 7071), stamp, ByteString.CopyFromUtf8($"digest {stamp}"));

    private static RemoteChange.Shared Songs(ulong stamp, bool settled, params int[] songs) =>
        new(Samples.Peer(1), stamp, Batch([.. songs.Select(song => (song, song))]), [], settled);

    private static SharedBatch Batch((int Song, int Id)[] songs) => new(
        false, false,
        [.. songs.Select(song => OfferedSong.Replicated(song.Id, OfferedSong.FromShared(Samples.Song(song.Song)).Facts))],
        [], null);

    private void Apply(Address owner, params RemoteChange[] changes) => _shards.Apply(new ApplyShardChanges(owner, 1, changes, null));

    private IEnumerable<int> Listed()
    {
        var catalog = _registry.Publish();
        return Enumerable.Range(1, 20).Where(id => catalog.Find(id) is not null);
    }
}
