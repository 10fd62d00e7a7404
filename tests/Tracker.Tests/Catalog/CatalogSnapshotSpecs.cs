using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class CatalogSnapshotSpecs
{
    private const int BlockSize = 256;

    [Fact]
    public void An_empty_catalog_has_version_1_and_no_songs()
    {
        Assert.Equal(1ul, CatalogSnapshot.Empty.Version);
        Assert.Equal(0, CatalogSnapshot.Empty.Count);
        Assert.Empty(CatalogSnapshot.Empty.After(0));
        Assert.Null(CatalogSnapshot.Empty.Find(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(BlockSize - 2)]
    [InlineData(BlockSize - 1)]
    [InlineData(BlockSize)]
    [InlineData(BlockSize + 1)]
    [InlineData((2 * BlockSize) - 1)]
    [InlineData(699)]
    [InlineData(700)]
    [InlineData(int.MaxValue)]
    public void Songs_after_a_cursor_come_in_id_order_across_the_bounds_of_blocks(int cursor)
    {
        var catalog = With(CatalogSnapshot.Empty, Enumerable.Range(1, 700));
        Assert.Equal(Enumerable.Range(1, 700).Where(id => id > cursor), Ids(catalog, cursor));
    }

    [Fact]
    public void Ids_with_wide_gaps_are_found_and_listed()
    {
        int[] ids = [1, BlockSize - 1, BlockSize, 1_000_000, 1_000_001, int.MaxValue - 1, int.MaxValue];
        var catalog = With(CatalogSnapshot.Empty, ids);
        Assert.Equal(ids, Ids(catalog, 0));
        Assert.Equal([int.MaxValue], Ids(catalog, int.MaxValue - 1));
        Assert.All(ids, id => Assert.Equal(id, catalog.Find(id)?.Id));
        Assert.Null(catalog.Find(2));
        Assert.Null(catalog.Find(500_000));
    }

    [Fact]
    public void A_change_makes_a_new_version_and_leaves_the_old_one_alone()
    {
        var before = With(CatalogSnapshot.Empty, [1, 2, 300]);
        var after = before.With(new Dictionary<int, CatalogSong?> { [2] = null, [300] = null, [5] = Song(5) }, before.Loads);
        Assert.Equal([1, 2, 300], Ids(before, 0));
        Assert.Equal([1, 5], Ids(after, 0));
        Assert.Equal((3, 2), (before.Count, after.Count));
        Assert.Equal(before.Version + 1, after.Version);
    }

    [Fact]
    public void A_song_without_hosts_is_remembered_as_such_until_it_has_one_again()
    {
        var gone = With(CatalogSnapshot.Empty, [1, 2]).With(new Dictionary<int, CatalogSong?> { [2] = null }, CatalogSnapshot.Empty.Loads);
        Assert.True(gone.HasLostItsHosts(2));
        Assert.False(gone.HasLostItsHosts(1));
        Assert.False(gone.HasLostItsHosts(3));
        Assert.False(With(gone, [2]).HasLostItsHosts(2));
    }

    [Fact]
    public void A_load_alone_is_no_new_version()
    {
        var catalog = With(CatalogSnapshot.Empty, [1]);
        var loads = catalog.Loads.SetItem(Samples.Peer(1), new Protocol.HostLoad { ActiveStreams = 3 });
        var after = catalog.With(new Dictionary<int, CatalogSong?>(), loads);
        Assert.Equal(catalog.Version, after.Version);
        Assert.Equal(3u, after.Loads[Samples.Peer(1)].ActiveStreams);
        Assert.Equal([1], Ids(after, 0));
    }

    [Fact]
    public void Hits_come_best_first_and_otherwise_in_id_order()
    {
        var catalog = Samples.Catalog(
            Samples.Song(1, "River", "Moon"),
            Samples.Song(2, "Over the Moon River"),
            Samples.Song(3, "Moon River Waltz"),
            Samples.Song(4, "Moon River"),
            Samples.Song(5, "Moon River Blues"),
            Samples.Song(6, "Sun"));
        Assert.Equal([4, 3, 5, 2, 1], catalog.Search("moon river").Select(song => song.Id));
        Assert.Empty(catalog.Search("mars"));
    }

    private static CatalogSnapshot With(CatalogSnapshot catalog, IEnumerable<int> ids) =>
        catalog.With(ids.ToDictionary(id => id, id => (CatalogSong?)Song(id)), catalog.Loads);

    private static CatalogSong Song(int id) => new(id, Samples.Song(id), [Samples.Host(1)]);

    private static IEnumerable<int> Ids(CatalogSnapshot catalog, int cursor) => catalog.After(cursor).Select(song => song.Id);
}
