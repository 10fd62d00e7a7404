using Google.Protobuf;
using TspActors.Gateway.Swarm;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using Xunit.Abstractions;

namespace TspActors.Peer.Tests.Tracking;

public sealed class CatalogFollowersSpecs(ITestOutputHelper output) : PeerSpec(output)
{
    private readonly CatalogFollowers _followers = new();

    [Fact]
    public async Task A_follower_receives_every_listing_in_parts_and_every_change_after_it()
    {
        var catalog = new LocalCatalog(observer: _followers);
        _followers.Add(TestActor, catalog.Songs);

        catalog.BeginListing();
        catalog.Add(new SongPage { CatalogVersion = 1, Songs = { Enumerable.Range(1, 2_500).Select(SongOf) } });
        catalog.Apply(new CatalogDelta { FromVersion = 1, ToVersion = 2, Changed = { SongOf(3_000) }, Removed = { 7 } });

        Assert.Equal(
            [(1_000, true, false), (1_000, false, false), (500, false, true)],
            [await PartAsync(), await PartAsync(), await PartAsync()]);
        var change = await ExpectMsgAsync<CatalogChanged>();
        Assert.Equal([3_000], change.Changed.Select(song => song.Id));
        Assert.Equal([7], change.Removed);
    }

    [Fact]
    public async Task A_late_follower_receives_the_songs_that_are_known_and_an_empty_catalog_is_one_empty_part()
    {
        var catalog = new LocalCatalog(observer: _followers);
        catalog.BeginListing();
        catalog.Add(new SongPage { CatalogVersion = 1, Songs = { SongOf(1) } });

        _followers.Add(TestActor, catalog.Songs);
        Assert.Equal((1, true, true), await PartAsync());

        catalog.BeginListing();
        catalog.Add(new SongPage { CatalogVersion = 2 });
        Assert.Equal((0, true, true), await PartAsync());
    }

    private async Task<(int Songs, bool IsFirst, bool IsLast)> PartAsync()
    {
        var part = await ExpectMsgAsync<CatalogListed>();
        return (part.Songs.Count, part.IsFirst, part.IsLast);
    }

    private static Song SongOf(int id) => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(new byte[32]),
        Tags = new SongTags { Title = $"song {id}" },
        Format = new AudioFormat(),
    };
}
