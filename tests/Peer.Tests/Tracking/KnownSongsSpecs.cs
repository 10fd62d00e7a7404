using Google.Protobuf;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks which songs a peer remembers from its tracker's replies.</summary>
public sealed class KnownSongsSpecs
{
    private readonly KnownSongs _known = new(3, 1 << 20);

    [Fact]
    public void The_least_recently_used_song_is_forgotten_first()
    {
        _known.Add([SongOf(1), SongOf(2), SongOf(3)]);
        Assert.True(_known.TryFind(1, out _));
        _known.Add([SongOf(2)]);

        _known.Add([SongOf(4)]);

        Assert.Equal([1, 2, 4], Ids());
    }

    [Fact]
    public void A_tracker_that_names_huge_songs_cannot_fill_the_memory()
    {
        var known = new KnownSongs(1_000, 10_000);
        for (var id = 1; id <= 100; id++)
        {
            known.Add([SongOf(id, new string('x', 900))]);
            Assert.InRange(known.Count, 0, 10);
        }

        Assert.True(known.TryFind(100, out _));
        known.Apply(new CatalogDelta { Changed = { SongOf(100, new string('x', 20_000)) } });
        Assert.Equal(0, known.Count);
        known.AddWhereRoom([SongOf(1, new string('x', 20_000))]);
        Assert.Equal(0, known.Count);
    }

    [Fact]
    public void The_default_is_bounded_by_the_number_of_songs_and_by_the_bounds_of_the_catalog()
    {
        var none = KnownSongs.Create(new LinkSettings { KnownSongs = 0 });
        none.Add([SongOf(1)]);
        none.AddWhereRoom([SongOf(1)]);
        Assert.Equal(0, none.Count);

        var small = KnownSongs.Create(new LinkSettings { Catalog = new CatalogBounds(1_000, 0) });
        small.Add(Enumerable.Range(1, 100).Select(id => SongOf(id)));
        Assert.InRange(small.Count, 1, 3);

        var large = KnownSongs.Create(new LinkSettings());
        large.Add(Enumerable.Range(1, 20_000).Select(id => SongOf(id)));
        Assert.Equal(10_000, large.Count);
    }

    [Fact]
    public void A_broadcast_changes_and_removes_known_songs_only()
    {
        _known.Add([SongOf(1), SongOf(2)]);

        _known.Apply(new CatalogDelta { Changed = { SongOf(1, "new"), SongOf(3) }, Removed = { 2, 9 } });

        Assert.Equal([1], Ids());
        Assert.Equal("new", TitleOf(1));
    }

    [Fact]
    public void Songs_that_nobody_asked_for_displace_none()
    {
        _known.Add([SongOf(1), SongOf(2)]);

        _known.AddWhereRoom([SongOf(3), SongOf(4), SongOf(1, "new")]);
        Assert.Equal([1, 2, 3], Ids());
        Assert.Equal("new", TitleOf(1));

        // The next reply replaces them.
        var known = new KnownSongs(2, 1 << 20);
        known.Add([SongOf(1)]);
        known.AddWhereRoom([SongOf(2)]);
        known.Add([SongOf(3)]);
        Assert.False(known.TryFind(2, out _));
    }

    [Fact]
    public void A_reply_that_omits_fields_does_not_remove_them()
    {
        _known.Add([SongOf(1, "full")]);

        var bare = new Song { Id = 1, ContentHash = SongOf(1).ContentHash, Hosts = { new Host { Name = "new" } } };
        _known.Add([bare]);

        Assert.True(_known.TryFind(1, out var song));
        Assert.Equal(("full", 100ul, "new"), (song.Tags.Title, song.Format.PayloadBytes, song.Hosts.Single().Name));
        Assert.Null(bare.Tags);
    }

    [Fact]
    public void Another_song_with_the_same_id_inherits_nothing()
    {
        _known.Add([SongOf(1, "former")]);

        _known.Add([new Song { Id = 1, ContentHash = SongOf(2).ContentHash }]);

        Assert.True(_known.TryFind(1, out var song));
        Assert.Null(song.Tags);
        Assert.Null(song.Format);
    }

    [Fact]
    public void Songs_without_an_id_are_left_out()
    {
        _known.Add([SongOf(0), SongOf(-1)]);
        _known.AddWhereRoom([SongOf(0)]);

        Assert.Equal(0, _known.Count);
    }

    [Fact]
    public void Titles_are_distinct_sorted_and_limited_in_number()
    {
        var known = new KnownSongs(10, 1 << 20);
        known.Add(new[] { "b two", "a", "B one", "b Two", "c" }.Select((title, id) => SongOf(id + 1, title)));

        Assert.Equal(["B one", "b two"], known.FindTitles("b", 10), StringComparer.OrdinalIgnoreCase);
        Assert.Equal(["B one"], known.FindTitles("b", 1));
        Assert.Empty(known.FindTitles("x", 10));
    }

    private IEnumerable<int> Ids() => Enumerable.Range(1, 9).Where(id => _known.TryFind(id, out _));

    private string TitleOf(int id) => _known.TryFind(id, out var song) ? song.Tags.Title : "";

    private static Song SongOf(int id, string title = "title") => new()
    {
        Id = id,
        ContentHash = ByteString.CopyFrom(new TestHash(Math.Abs(id)).Value.ToArray()),
        Tags = new SongTags { Title = title },
        Format = new AudioFormat { PayloadBytes = 100 },
    };
}
