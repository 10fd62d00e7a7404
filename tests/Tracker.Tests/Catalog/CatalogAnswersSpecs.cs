using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Search;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class CatalogAnswersSpecs
{
    private const int MaxPageBytes = 256 * 1024;

    [Fact]
    public void An_encoded_page_is_parsed_back_to_the_same_message()
    {
        var live = Samples.Song(3);
        live.Live = true;
        live.Format = null;
        SharedSong[] songs = [Samples.Song(1), Samples.Song(2, new string('é', 500), "", ""), live];
        var catalog = Samples.Catalog(songs);

        var page = List(catalog, 0);

        Assert.Equal(
            new SongPage
            {
                Songs = { songs.Select((song, index) => Samples.Expected(index + 1, song, Samples.Host(1))) },
                CatalogVersion = 2,
                Total = 3
            },
            page);
    }

    [Fact]
    public void A_page_is_one_complete_LIST_frame()
    {
        var frame = Samples.Frame(CatalogReplies.List(Samples.Catalog(Samples.Songs(3)), 0, new ListRequest()));
        Assert.Equal((Operation.List, 0, true), (frame.Operation, frame.SongId, frame.HasBody));
    }

    [Theory]
    [InlineData(0, 200)]
    [InlineData(1, 1)]
    [InlineData(999, 999)]
    [InlineData(1000, 1000)]
    [InlineData(1001, 1000)]
    [InlineData(5000, 1000)]
    [InlineData(uint.MaxValue, 1000)]
    public void The_limit_is_200_by_default_and_at_most_1000(uint limit, int songs)
    {
        var catalog = Samples.Catalog(Samples.Songs(1300));
        var page = List(catalog, 0, limit);
        Assert.Equal(songs, page.Songs.Count);
        Assert.Equal(songs, page.NextCursor);
        Assert.Equal(1300u, page.Total);
        Assert.Equal(songs, Info(catalog, 0, limit).Songs.Count);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(200)]
    [InlineData(1000)]
    public void All_pages_together_contain_the_whole_catalog(uint limit)
    {
        var catalog = Samples.Catalog(Samples.Songs(600));
        var ids = new List<int>();
        var cursor = 0;
        do
        {
            var page = List(catalog, cursor, limit);
            Assert.NotEmpty(page.Songs);
            ids.AddRange(page.Songs.Select(song => song.Id));
            cursor = page.NextCursor;
        }
        while (cursor > 0);
        Assert.Equal(Enumerable.Range(1, 600), ids);
    }

    [Fact]
    public void The_last_page_has_no_next_cursor_and_a_page_past_the_end_is_empty()
    {
        var catalog = Samples.Catalog(Samples.Songs(400));
        Assert.Equal(0, List(catalog, 200).NextCursor);
        Assert.Equal(200, List(catalog, 200).Songs.Count);
        var past = List(catalog, int.MaxValue);
        Assert.Empty(past.Songs);
        Assert.Equal((0, 400u), (past.NextCursor, past.Total));
    }

    [Fact]
    public void A_page_ends_before_its_songs_exceed_256_KiB()
    {
        var catalog = Samples.Catalog(
            Enumerable.Range(1, 300).Select(n => Samples.Song(n, new string('t', 1024), new string('a', 1024), new string('b', 1024))));
        var frame = CatalogReplies.List(catalog, 0, new ListRequest { Limit = 1000 });
        Assert.InRange(frame.Length, MaxPageBytes - 4096, MaxPageBytes + 64);
        var page = Samples.Body<SongPage>(Samples.Frame(frame));
        Assert.Equal(page.Songs[^1].Id, page.NextCursor);
        Assert.Equal(page.NextCursor + 1, List(catalog, page.NextCursor).Songs[0].Id);
    }

    [Fact]
    public void Search_results_are_paged_with_their_own_cursor()
    {
        var catalog = Samples.Catalog(Enumerable.Range(1, 50).Select(n => Samples.Song(n, n % 2 == 0 ? $"Even {n}" : $"Odd {n}")));
        var first = Query(catalog, 0, "even", 10);
        Assert.Equal([2, 4, 6, 8, 10, 12, 14, 16, 18, 20], first.Songs.Select(song => song.Id));
        Assert.Equal(25u, first.Total);
        var second = Query(catalog, first.NextCursor, "even", 10);
        Assert.Equal(22, second.Songs[0].Id);
        var last = Query(catalog, second.NextCursor, "even", 10);
        Assert.Equal((5, 0), (last.Songs.Count, last.NextCursor));
        Assert.Empty(Query(catalog, int.MaxValue, "even", 10).Songs);
    }

    [Fact]
    public void The_next_page_of_a_search_starts_after_the_last_hit_sent_even_if_the_catalog_has_changed()
    {
        var registry = Samples.Registry(100);
        registry.Join(Samples.Host(1));
        registry.Apply(Samples.Peer(1), Samples.Complete(Enumerable.Range(1, 30).Select(n => Samples.Song(n, $"Even {n}"))));
        var places = new SearchPositions();
        var request = new ListRequest { Query = "even", Limit = 10 };
        var first = CatalogReplies.Page(registry.Publish(), 0, request, places);
        Assert.Equal(Enumerable.Range(1, 10), first.Songs.Select(song => song.Id));

        registry.Apply(Samples.Peer(1), Samples.Change([Samples.Song(40, "Even")], 1, 2, 3, 12));
        var second = CatalogReplies.Page(registry.Publish(), first.NextCursor, request, places);
        Assert.Equal([11, .. Enumerable.Range(13, 9)], second.Songs.Select(song => song.Id));
        Assert.Equal(27u, second.Total);
        // Without the remembered place, the cursor is only a number of hits to skip: the new song, 4 to 11, and 13 are ten hits.
        Assert.Equal(14, CatalogReplies.Page(registry.Publish(), first.NextCursor, request).Songs[0].Id);
    }

    [Fact]
    public void An_empty_query_lists_all_songs() =>
        Assert.Equal(3, Query(Samples.Catalog(Samples.Songs(3)), 0, "  ", 3).Songs.Count);

    [Fact]
    public void INFO_with_an_id_returns_that_song()
    {
        var catalog = Samples.Catalog(Samples.Songs(3));
        var frame = Samples.Frame(CatalogReplies.Info(catalog, 2, new InfoRequest()));
        Assert.Equal((Operation.Info, 2), (frame.Operation, frame.SongId));
        Assert.Equal(
            new SongInfoPage { Songs = { Samples.Expected(2, Samples.Song(2), Samples.Host(1)) }, CatalogVersion = 2 },
            Samples.Body<SongInfoPage>(frame));
    }

    [Fact]
    public void INFO_with_a_limit_returns_a_page_that_starts_after_the_id()
    {
        var page = Info(Samples.Catalog(Samples.Songs(9)), 2, 3);
        Assert.Equal([3, 4, 5], page.Songs.Select(song => song.Id));
        Assert.Equal(5, page.NextCursor);
    }

    [Fact]
    public void INFO_with_id_0_returns_the_first_page() => Assert.Equal(200, Info(Samples.Catalog(Samples.Songs(250)), 0, 0).NextCursor);

    [Fact]
    public void A_song_that_was_never_shared_is_unknown()
    {
        var catalog = Samples.Catalog(Samples.Songs(2));
        foreach (var answer in new[] { CatalogReplies.Info(catalog, 3, new InfoRequest()), CatalogReplies.Grant(catalog, 3) })
        {
            var frame = Samples.Frame(answer);
            Assert.Equal((Operation.Error, 3), (frame.Operation, frame.SongId));
            var error = Samples.Body<Error>(frame);
            Assert.Equal((ErrorCode.UnknownSong, false), (error.Code, error.Retryable));
        }
    }

    [Fact]
    public void PLAY_fails_with_NO_HOST_when_the_hosts_of_a_song_have_left()
    {
        var registry = Samples.Registry(10);
        registry.Join(Samples.Host(1));
        registry.Apply(Samples.Peer(1), Samples.Complete(Samples.Songs(1)));
        registry.Leave(Samples.Peer(1));
        var error = Samples.Body<Error>(Samples.Frame(CatalogReplies.Grant(registry.Publish(), 1)));
        Assert.Equal((ErrorCode.NoHost, true), (error.Code, error.Retryable));
        Assert.True(error.RetryAfterMs > 0);
    }

    [Fact]
    public void PLAY_without_a_song_id_is_a_bad_request() =>
        Assert.Equal(ErrorCode.BadRequest, Samples.Body<Error>(Samples.Frame(CatalogReplies.Grant(CatalogSnapshot.Empty, 0))).Code);

    [Fact]
    public void A_grant_shows_the_load_of_each_host_and_lists_otherwise_equal_hosts_by_load()
    {
        var registry = Samples.Registry(10);
        foreach (var n in new[] { 1, 2, 3 })
        {
            registry.Join(Samples.Host(n));
            registry.Apply(Samples.Peer(n), Samples.Complete(Samples.Song(1)));
            registry.Apply(Samples.Peer(n), Samples.Load(10 - n, 10));
        }

        var frame = Samples.Frame(CatalogReplies.Grant(registry.Publish(), 1));
        Assert.Equal((Operation.Play, 1), (frame.Operation, frame.SongId));
        var song = Samples.Body<PlayGrant>(frame).Song;
        Assert.Equal(["peer 3", "peer 2", "peer 1"], song.Hosts.Select(host => host.Name));
        Assert.Equal([(7u, 10u), (8u, 10u), (9u, 10u)], song.Hosts.Select(host => (host.ActiveStreams, host.MaxStreams)));
        song.Hosts.Clear();
        Assert.Equal(Samples.Expected(1, Samples.Song(1)), song);
    }

    [Fact]
    public void A_page_names_at_most_8_hosts_of_a_song_and_INFO_of_one_song_32_but_a_grant_chooses_among_all()
    {
        var registry = Samples.Registry(10);
        for (var n = 1; n <= 40; n++)
        {
            registry.Join(Samples.Host(n));
            registry.Apply(Samples.Peer(n), Samples.Complete(Samples.Song(1)));
            registry.Apply(Samples.Peer(n), Samples.Load(n == 40 ? 0 : 1, 10));
        }

        var catalog = registry.Publish();
        Assert.Equal(Enumerable.Range(1, 8).Select(n => $"peer {n}"), List(catalog, 0).Songs[0].Hosts.Select(host => host.Name));
        Assert.Equal(8, Query(catalog, 0, "song", 0).Songs[0].Hosts.Count);
        Assert.Equal(8, Info(catalog, 0, 0).Songs[0].Hosts.Count);
        Assert.Equal(Enumerable.Range(1, 32).Select(n => $"peer {n}"), Info(catalog, 1, 0).Songs[0].Hosts.Select(host => host.Name));
        var grant = Samples.Body<PlayGrant>(Samples.Frame(CatalogReplies.Grant(catalog, 1)));
        Assert.Equal(32, grant.Song.Hosts.Count);
        Assert.Equal("peer 40", grant.Song.Hosts[0].Name);
    }

    private static SongPage List(CatalogSnapshot catalog, int cursor, uint limit = 0) => Query(catalog, cursor, "", limit);

    private static SongPage Query(CatalogSnapshot catalog, int cursor, string query, uint limit) =>
        Samples.Body<SongPage>(Samples.Frame(CatalogReplies.List(catalog, cursor, new ListRequest { Query = query, Limit = limit })));

    private static SongInfoPage Info(CatalogSnapshot catalog, int id, uint limit) =>
        Samples.Body<SongInfoPage>(Samples.Frame(CatalogReplies.Info(catalog, id, new InfoRequest { Limit = limit })));
}
