using Google.Protobuf;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that a tracker that keeps sending songs cannot fill a peer's memory.</summary>
public sealed class CatalogBoundsSpecs
{
    private static readonly CatalogBounds Small = new(CopyBytes: 1 << 20, QueuedBytes: 100 << 10);

    private readonly CatalogMirror _mirror = new(isWanted: true, new ManualClock(), new Random(1), Small);

    [Fact]
    public void By_default_a_million_songs_with_two_hosts_each_fit_if_there_is_enough_memory()
    {
        var million = 1_000_000 * CatalogBounds.Weigh(SongOf(1_000_000));

        Assert.InRange(million, 500L << 20, 2L << 30);
        Assert.Equal(Math.Min(2L << 30, GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 4), CatalogBounds.Default.CopyBytes);
    }

    [Fact]
    public void An_endless_listing_is_abandoned_and_its_songs_are_discarded()
    {
        _mirror.Start();
        MirrorStep step = default;
        var pages = 0;
        while (step.Notice is null)
            step = _mirror.Apply(Page(++pages));

        Assert.InRange(pages, 100, 200);
        Assert.Contains("tsp.peer.link.max-catalog", step.Notice, StringComparison.Ordinal);
        Assert.Null(step.Request);
        Assert.False(_mirror.IsListing);
        Assert.Equal(0, _mirror.Count);
    }

    [Fact]
    public void An_endless_listing_without_songs_is_also_abandoned()
    {
        _mirror.Start();
        MirrorStep step = default;
        var pages = 0;
        while (step.Notice is null)
            step = _mirror.Apply(new SongPage { NextCursor = ++pages });

        Assert.Equal(1025, pages);
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
    public void A_mirror_that_grows_too_large_is_emptied_with_one_notice()
    {
        List();
        MirrorStep step = default;
        var version = 1ul;
        while (step.Notice is null)
        {
            step = _mirror.Apply(Delta(version, (int)version * 10));
            version++;
        }

        Assert.Equal(0, _mirror.Count);
        Assert.Equal(MirrorStep.None, _mirror.Apply(Delta(version, 1)));
        Assert.Equal(0, _mirror.Count);
    }

    [Fact]
    public void A_song_that_keeps_changing_is_counted_only_once()
    {
        List();
        for (var version = 1ul; version < 5_000; version++)
            Assert.Null(_mirror.Apply(Delta(version, 7)).Notice);

        Assert.Equal(10, _mirror.Count);
    }

    [Fact]
    public void A_new_listing_replaces_the_mirrored_catalog_if_there_is_no_room_for_both()
    {
        List(pages: 100);
        Assert.Equal(1_000, _mirror.Count);
        _mirror.Apply(new CatalogDelta { FromVersion = 99, ToVersion = 100 });

        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Continue());
        MirrorStep step = default;
        for (var page = 1; page <= 100; page++)
            step = _mirror.Apply(Page(page, isLast: page == 100));

        Assert.Null(step.Notice);
        Assert.Equal(1_000, _mirror.Count);
    }

    [Fact]
    public void Changes_queued_during_a_listing_are_bounded_and_a_gap_is_repaired_by_listing_again()
    {
        _mirror.Start();
        _mirror.Apply(new SongPage { NextCursor = 5, CatalogVersion = 1 });
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var version = 1ul; version <= 10_000; version++)
            _mirror.Apply(Delta(version, (int)version * 10));

        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true) - before, long.MinValue, 4 << 20);
        var step = _mirror.Apply(new SongPage { CatalogVersion = 1 });
        Assert.NotNull(step.Pause);
        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Continue());
    }

    [Fact]
    public void If_one_trackers_catalog_was_too_large_the_next_trackers_catalog_is_still_listed()
    {
        _mirror.Start();
        for (var page = 1; _mirror.IsListing; page++)
            _mirror.Apply(Page(page));
        _mirror.Abandon();

        Assert.Equal(MirrorStep.Ask(new ListSongs()), _mirror.Start());
        _mirror.Apply(Page(1, isLast: true));
        Assert.Equal(10, _mirror.Count);
    }

    private void List(int pages = 1)
    {
        _mirror.Start();
        for (var page = 1; page <= pages; page++)
            _mirror.Apply(Page(page, isLast: page == pages));
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
