using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class SongTreeSpecs
{
    private const int LeafSize = 64;

    [Fact]
    public void An_empty_tree_has_no_songs()
    {
        Assert.Equal(0, SongTree.Empty.Count);
        Assert.Empty(SongTree.Empty.After(0));
        Assert.Null(SongTree.Empty.Find(1));
        Assert.False(SongTree.Empty.HasLostItsHosts(1));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(LeafSize - 2)]
    [InlineData(LeafSize - 1)]
    [InlineData(LeafSize)]
    [InlineData(LeafSize + 1)]
    [InlineData((2 * LeafSize) - 1)]
    [InlineData(699)]
    [InlineData(700)]
    [InlineData(int.MaxValue)]
    public void Songs_after_a_cursor_are_in_id_order_across_leaves(int cursor)
    {
        var catalog = With(SongTree.Empty, Enumerable.Range(1, 700));
        Assert.Equal(Enumerable.Range(1, 700).Where(id => id > cursor), Ids(catalog, cursor));
    }

    [Fact]
    public void Ids_with_wide_gaps_are_found_and_listed()
    {
        int[] ids = [1, LeafSize - 1, LeafSize, 1_000_000, 1_000_001, int.MaxValue - 1, int.MaxValue];
        var catalog = With(SongTree.Empty, ids);
        Assert.Equal(ids, Ids(catalog, 0));
        Assert.Equal([int.MaxValue], Ids(catalog, int.MaxValue - 1));
        Assert.All(ids, id => Assert.Equal(id, catalog.Find(id)?.Id));
        Assert.Null(catalog.Find(2));
        Assert.Null(catalog.Find(500_000));
    }

    [Fact]
    public void A_change_does_not_affect_the_earlier_tree()
    {
        var before = With(SongTree.Empty, [1, 2, 300]);
        var after = before.With([(2, null), (5, Song(5)), (300, null)]);
        Assert.Equal([1, 2, 300], Ids(before, 0));
        Assert.Equal([1, 5], Ids(after, 0));
        Assert.Equal((3, 2), (before.Count, after.Count));
    }

    [Fact]
    public void Trees_share_the_leaves_that_a_change_does_not_touch()
    {
        var before = With(SongTree.Empty, Enumerable.Range(1, 5000));
        var after = before.With([(2000, null)]);
        Assert.Same(before.LeafFrom(1), after.LeafFrom(1));
        Assert.Same(before.LeafFrom(4000), after.LeafFrom(4000));
        Assert.NotSame(before.LeafFrom(2000), after.LeafFrom(2000));
    }

    [Fact]
    public void A_song_that_has_lost_its_hosts_is_remembered_until_it_has_a_host_again()
    {
        var gone = With(SongTree.Empty, [1, 2]).With([(2, null)]);
        Assert.True(gone.HasLostItsHosts(2));
        Assert.False(gone.HasLostItsHosts(1));
        Assert.False(gone.HasLostItsHosts(3));
        Assert.False(With(gone, [2]).HasLostItsHosts(2));
    }

    [Fact]
    public void Empty_leaves_are_skipped()
    {
        var all = Enumerable.Range(1, 50_000).ToArray();
        var sparse = With(SongTree.Empty, all).With(all.Where(id => id % 10_000 != 0).Select(id => (id, (CatalogSong?)null)).ToArray());
        Assert.Equal([10_000, 20_000, 30_000, 40_000, 50_000], Ids(sparse, 0));
        Assert.Null(sparse.LeafFrom(50_048));
    }

    private static SongTree With(SongTree songs, IEnumerable<int> ids) =>
        songs.With(ids.Select(id => (id, (CatalogSong?)Song(id))).ToArray());

    private static CatalogSong Song(int id) => new(id, new SongCopy(Samples.Host(1), [], 1));

    private static IEnumerable<int> Ids(SongTree songs, int cursor) => songs.After(cursor).Select(song => song.Id);
}
