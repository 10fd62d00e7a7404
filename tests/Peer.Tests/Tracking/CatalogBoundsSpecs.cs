using Google.Protobuf;
using TspActors.Peer.Tests.Listening;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that a tracker that keeps sending songs cannot fill a peer's memory.</summary>
[Collection(nameof(RunsAlone))] // a test measures the memory of the whole process
public sealed class CatalogBoundsSpecs
{
    private static readonly CatalogBounds Small = new(CopyBytes: 1 << 20, QueuedBytes: 100 << 10);

    private readonly FollowersOfTests _followers = new();
    private readonly FollowedCatalog _catalog;
    private ListSongs? _asked;

    public CatalogBoundsSpecs() => _catalog = new FollowedCatalog(_followers, new ManualClock(), new Random(1), Small);

    [Fact]
    public void By_default_a_million_songs_with_two_hosts_each_fit_if_there_is_enough_memory()
    {
        var million = 1_000_000 * CatalogBounds.Weigh(SongOf(1_000_000));

        Assert.InRange(million, 500L << 20, 2L << 30);
        Assert.Equal(Math.Min(2L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4), CatalogBounds.Default.CopyBytes);
    }

    [Fact]
    public void An_endless_listing_is_abandoned_and_the_followers_drop_its_songs()
    {
        Start();
        CatalogStep step = default;
        var pages = 0;
        while (step.Notice is null)
            step = Reply(Page(++pages));

        Assert.InRange(pages, 100, 200);
        Assert.Contains("tsp.peer.link.max-catalog", step.Notice, StringComparison.Ordinal);
        Assert.Null(step.Request);
        Assert.False(_catalog.IsListing);
        Assert.Empty(_followers.Songs);
        Assert.Equal(CatalogStep.None, _catalog.Apply(Delta(1, 1)));
        Assert.Empty(_followers.Songs);
    }

    [Fact]
    public void An_endless_listing_without_songs_is_also_abandoned()
    {
        Start();
        CatalogStep step = default;
        var pages = 0;
        while (step.Notice is null)
            step = Reply(new SongPage { NextCursor = ++pages });

        Assert.Equal(1025, pages);
    }

    [Fact]
    public void Listings_that_are_abandoned_again_and_again_do_not_add_up()
    {
        for (var listing = 0; listing < 50; listing++)
        {
            Start();
            for (var page = 1; page <= 90; page++)
                Reply(Page(listing * 90 + page));
            _catalog.Abandon();
        }

        // Two catalogs of the maximum size, and one page.
        Assert.InRange(_followers.MostSongs, 1_000, (2 * (1 << 20) / (int)CatalogBounds.Weigh(SongOf(1))) + 10);
    }

    [Fact]
    public void A_catalog_that_grows_too_large_is_listed_again_which_ends_with_one_notice()
    {
        List();
        CatalogStep step = default;
        var version = 1ul;
        while (step.Pause is null && version < 10_000)
        {
            step = _catalog.Apply(Delta(version, (int)version * 10));
            version++;
        }

        Assert.InRange(_followers.MostSongs, 1_000, 3_000);
        Assert.Equal(CatalogStep.None, _catalog.Apply(Delta(version, 1)));
        _asked = _catalog.Continue().Request;
        for (var page = 1; step.Notice is null; page++)
            step = Reply(Page(page));
        Assert.Empty(_followers.Songs);
    }

    [Fact]
    public void The_size_of_a_song_includes_its_hosts()
    {
        var song = SongOf(1);
        song.Hosts.Clear();
        for (var host = 0; host < 10_000; host++)
            song.Hosts.Add(new Host());

        Assert.InRange(CatalogBounds.Weigh(song), 1_280_000, 2_000_000);
    }

    [Fact]
    public void A_song_that_keeps_changing_leads_to_a_listing_from_time_to_time()
    {
        List();
        var listings = 0;
        for (var version = 1ul; version < 5_000; version++)
        {
            if (_catalog.Apply(Delta(version, 7)).Pause is null)
                continue;
            listings++;
            _asked = _catalog.Continue().Request;
            var page = Page(1, isLast: true);
            page.CatalogVersion = version + 1;
            Assert.Null(Reply(page).Notice);
        }

        Assert.InRange(listings, 1, 5);
        Assert.Equal(10, _followers.Songs.Count);
    }

    [Fact]
    public void A_catalog_that_fills_the_bound_may_change_without_being_listed_again_each_time()
    {
        List(pages: (int)(Small.CopyBytes / CatalogBounds.Weigh(Page(100).Songs)));
        Assert.InRange(_followers.Songs.Count, 1_000, 2_000);
        var version = 1ul;
        while (version < 2_000 && _catalog.Apply(Delta(version, 7)).Pause is null)
            version++;

        Assert.InRange(version, 150ul, 1_000ul);
    }

    [Fact]
    public void The_same_catalog_is_listed_again_without_dropping_anything_in_between()
    {
        List(pages: 100);
        Assert.Equal(1_000, _followers.Songs.Count);
        Assert.NotNull(_catalog.Apply(new CatalogDelta { FromVersion = 99, ToVersion = 100 }).Pause);

        _asked = _catalog.Continue().Request;
        for (var page = 1; page <= 100; page++)
        {
            Assert.Null(Reply(Page(page, isLast: page == 100)).Notice);
            Assert.Equal(1_000, _followers.Songs.Count);
        }
    }

    [Fact]
    public void The_highest_bound_that_can_be_set_drops_nothing()
    {
        var catalog = new FollowedCatalog(_followers, new ManualClock(), new Random(1), new CatalogBounds(long.MaxValue, 0));
        catalog.Apply(catalog.Start().Request!, Page(1, isLast: true));
        catalog.Abandon();

        catalog.Apply(catalog.Start().Request!, Page(2));

        Assert.Equal(20, _followers.Songs.Count);
    }

    [Fact]
    public void Changes_queued_during_a_listing_are_bounded_and_a_gap_is_repaired_by_listing_again()
    {
        Start();
        Reply(new SongPage { NextCursor = 5, CatalogVersion = 1 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var version = 1ul; version <= 10_000; version++)
            _catalog.Apply(Delta(version, (int)version * 10));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 << 20);
        Assert.NotNull(Reply(new SongPage { CatalogVersion = 1 }).Pause);
        Assert.Equal(new ListSongs(), _catalog.Continue().Request);
    }

    [Fact]
    public void A_change_that_need_not_wait_needs_no_room_in_the_queue()
    {
        var catalog = new FollowedCatalog(_followers, new ManualClock(), new Random(1), Small with { QueuedBytes = 0 });
        catalog.Apply(catalog.Start().Request!, Page(1, isLast: true));

        Assert.Equal(CatalogStep.None, catalog.Apply(Delta(1, 100)));
        Assert.Equal(11, _followers.Songs.Count);

        _followers.AreReady = false;
        Assert.NotNull(catalog.Apply(Delta(2, 200)).Pause);
    }

    [Fact]
    public void Changes_queued_for_slow_followers_are_bounded_too()
    {
        List();
        _followers.AreReady = false;
        CatalogStep step = default;
        var version = 1ul;
        for (; step.Pause is null && version < 10_000; version++)
            step = _catalog.Apply(Delta(version, (int)version * 10));

        Assert.InRange(version, 50ul, 1_100ul);
    }

    [Fact]
    public void If_one_trackers_catalog_was_too_large_the_next_trackers_catalog_is_still_listed()
    {
        Start();
        for (var page = 1; _catalog.IsListing; page++)
            Reply(Page(page));
        _catalog.Abandon();

        Start();
        Reply(Page(1, isLast: true));
        Assert.Equal(10, _followers.Songs.Count);
    }

    private void Start() => _asked = _catalog.Start().Request;

    private CatalogStep Reply(SongPage page)
    {
        var step = _catalog.Apply(_asked!, page);
        _asked = step.Request ?? _asked;
        return step;
    }

    private void List(int pages = 1)
    {
        Start();
        for (var page = 1; page <= pages; page++)
            Reply(Page(page, isLast: page == pages));
    }

    private static SongPage Page(int number, bool isLast = false)
    {
        var page = new SongPage { NextCursor = isLast ? 0 : number * 10, CatalogVersion = 1 };
        page.Songs.AddRange(Enumerable.Range((number - 1) * 10 + 1, 10).Select(SongOf));
        return page;
    }

    private static CatalogDelta Delta(ulong version, int id) =>
        new() { FromVersion = version, ToVersion = version + 1, Changed = { SongOf(id) } };

    private static Song SongOf(int id) => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(new TestHash(id).Value.ToArray()),
        Tags = new SongTags { Title = "A title of ordinary length", Artist = "The Ordinary Band", Album = "An Album", Genre = "Rock", Year = 1999, Track = 3 },
        Format = new AudioFormat
        {
            PayloadBytes = 5_000_000,
            DurationMs = 200_000,
            BitrateBps = 192_000,
            SampleRateHz = 44_100,
            Channels = 2,
        },
        Hosts = { HostOf(1), HostOf(2) },
    };

    private static Host HostOf(int number) => new()
    {
        PeerId = ByteString.CopyFrom(new byte[16]),
        Name = $"living room {number}",
        Address = $"198.51.100.{number}",
        Port = 7071,
        Reachable = true,
    };
}
