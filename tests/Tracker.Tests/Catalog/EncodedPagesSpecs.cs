using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class EncodedPagesSpecs
{
    [Fact]
    public void A_leaf_is_cached_from_the_second_request_on_until_it_changes()
    {
        var catalog = Samples.Catalog(Samples.Songs(200));
        var leaf = catalog.Songs.LeafFrom(1)!;
        Assert.Null(catalog.Pages.Find(leaf));
        var kept = catalog.Pages.Find(leaf);
        Assert.NotNull(kept);
        Assert.Same(kept, catalog.Pages.Find(leaf));
        Assert.Null(catalog.Pages.Find(Samples.Catalog(Samples.Songs(200)).Songs.LeafFrom(1)!));
    }

    [Fact]
    public void Pages_have_the_same_content_with_and_without_cached_leaves()
    {
        var catalog = Samples.Catalog(Enumerable.Range(1, 1_500).Select(n => Samples.Song(n, new string('t', n % 500 + 1))));
        var first = Pages(catalog);
        Assert.Equal(first, Pages(catalog));
        Assert.Equal(first, Pages(catalog));
        Assert.Equal(Enumerable.Range(1, 1_500), first.SelectMany(page => page.Songs).Select(song => song.Id));
        Assert.True(first.Count > 2, "a page is also limited in bytes");
    }

    private static List<SongPage> Pages(CatalogSnapshot catalog)
    {
        var pages = new List<SongPage>();
        for (var cursor = 0; pages.Count == 0 || cursor > 0; cursor = pages[^1].NextCursor)
            pages.Add(CatalogReplies.Page(catalog, cursor, new ListRequest { Limit = 1_000 }));
        return pages;
    }

    [Fact]
    public void An_encoded_song_has_the_same_field_number_in_LIST_and_INFO_pages() =>
        Assert.Equal(SongPage.SongsFieldNumber, SongInfoPage.SongsFieldNumber);
}
