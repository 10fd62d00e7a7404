using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that a peer's mirror of the catalog is correct even if the catalog changes while it is being listed.</summary>
public sealed class LocalCatalogSpecs
{
    [Property(MaxTest = 300)]
    public void Pages_and_broadcasts_interleaved_in_any_way_yield_the_trackers_catalog(int seed)
    {
        var run = new Run(new Random(seed));
        run.Everything(lossy: false);

        Assert.False(run.Copy.HasGap);
        run.AssertEqual();
    }

    [Property(MaxTest = 300)]
    public void Lost_broadcasts_are_detected_and_repaired_by_listing_again(int seed)
    {
        var run = new Run(new Random(seed));
        run.Everything(lossy: true);
        run.Tracker.Change();
        run.Copy.Apply(run.Tracker.Broadcast());
        if (run.Copy.HasGap)
            run.List();

        Assert.False(run.Copy.HasGap);
        run.AssertEqual();
    }

    [Fact]
    public void A_page_older_than_a_broadcast_does_not_undo_it()
    {
        var tracker = new Model(new Random(1));
        tracker.Put(1, "old");
        var copy = new LocalCatalog();
        copy.BeginListing();
        var page = tracker.Page(0, limit: 10);
        tracker.Put(1, "new");
        copy.Apply(tracker.Broadcast());

        Assert.Equal(0, copy.Add(page));

        Assert.Equal("new", copy.Find(1)?.Tags.Title);
    }

    [Fact]
    public void A_song_removed_after_its_page_was_made_stays_removed()
    {
        var tracker = new Model(new Random(1));
        tracker.Put(1, "one");
        tracker.Put(2, "two");
        tracker.Broadcast();
        var copy = new LocalCatalog();
        copy.BeginListing();
        var first = tracker.Page(0, limit: 1);
        tracker.Remove(1);
        copy.Apply(tracker.Broadcast());
        copy.Add(first);

        copy.Add(tracker.Page(first.NextCursor, limit: 10));

        Assert.Null(copy.Find(1));
        Assert.NotNull(copy.Find(2));
    }

    [Fact]
    public void Known_songs_are_kept_while_the_catalog_is_listed_again()
    {
        var tracker = new Model(new Random(1));
        tracker.Put(1, "one");
        var copy = new LocalCatalog();
        copy.BeginListing();
        copy.Add(tracker.Page(0, 10));

        copy.BeginListing();

        Assert.True(copy.IsListing);
        Assert.Equal("one", copy.Find(1)?.Tags.Title);
    }

    [Fact]
    public void Too_many_broadcasts_during_a_listing_count_as_a_gap()
    {
        var tracker = new Model(new Random(1));
        tracker.Put(1, "start");
        tracker.Broadcast();
        var copy = new LocalCatalog();
        copy.BeginListing();
        var page = tracker.Page(0, 10);
        for (var i = 0; i < 1_500; i++)
        {
            tracker.Put(1, $"title {i}");
            copy.Apply(tracker.Broadcast());
        }

        copy.Add(page);
        tracker.Put(2, "another");
        copy.Apply(tracker.Broadcast());

        Assert.True(copy.HasGap);
    }

    [Fact]
    public void An_abandoned_listing_keeps_the_known_songs_and_can_start_again()
    {
        var tracker = new Model(new Random(1));
        tracker.Put(1, "one");
        var copy = new LocalCatalog();
        copy.BeginListing();
        copy.Add(tracker.Page(0, 10));
        copy.BeginListing();

        copy.AbandonListing();

        Assert.False(copy.IsListing);
        Assert.Equal("one", copy.Find(1)?.Tags.Title);
        tracker.Put(2, "two");
        copy.BeginListing();
        copy.Add(tracker.Page(0, 10));
        Assert.Equal(2, copy.Count);
    }

    /// <summary>Drives the model of a tracker and a mirror of its catalog through random steps.</summary>
    private sealed class Run
    {
        private readonly Random _random;
        private readonly Queue<CatalogDelta> _onTheWay = new();

        public Run(Random random)
        {
            _random = random;
            Tracker = new Model(random);
        }

        public Model Tracker { get; }

        public LocalCatalog Copy { get; } = new();

        public void Everything(bool lossy)
        {
            for (var i = _random.Next(20); i > 0; i--)
                Tracker.Change();
            Tracker.Broadcast();
            Copy.BeginListing();
            var limit = _random.Next(1, 6);
            SongPage? waiting = null;
            int? cursor = 0;
            for (var steps = _random.Next(10, 60); steps > 0 || cursor is not null || waiting is not null; steps--)
            {
                switch (_random.Next(4))
                {
                    case 0:
                        Tracker.Change();
                        break;
                    case 1:
                        // Broadcasts arrive in the order in which they were made; only a lossy connection drops some of them.
                        if (_onTheWay.Count == 0)
                            Tell();
                        var delta = _onTheWay.Dequeue();
                        if (!lossy || _random.Next(3) > 0)
                            Copy.Apply(delta);
                        break;
                    case 2 when waiting is null && cursor is { } at:
                        waiting = Tracker.Page(at, limit);
                        break;
                    case 3 when waiting is not null:
                        cursor = Copy.Add(waiting) is > 0 and var next ? next : null;
                        waiting = null;
                        break;
                }
            }

            Tell();
            foreach (var last in lossy ? [] : _onTheWay.ToArray())
                Copy.Apply(last);
        }

        private void Tell()
        {
            foreach (var frame in Tracker.BroadcastInFrames())
                _onTheWay.Enqueue(frame);
        }

        public void List()
        {
            Copy.BeginListing();
            for (var cursor = -1; cursor != 0;)
                cursor = Copy.Add(Tracker.Page(Math.Max(cursor, 0), 4));
        }

        public void AssertEqual()
        {
            Assert.Equal(Tracker.Songs.Count, Copy.Count);
            foreach (var (id, song) in Tracker.Songs)
                Assert.Equal(song, Copy.Find(id));
        }
    }

    /// <summary>A model of a tracker's catalog according to the protocol: versions, pages and batched changes.</summary>
    private sealed class Model(Random random)
    {
        private readonly HashSet<int> _touched = [];
        private ulong _version = 1;
        private ulong _told = 1;

        public SortedDictionary<int, Song> Songs { get; } = [];

        public void Change()
        {
            var id = random.Next(1, 16);
            if (Songs.ContainsKey(id) && random.Next(3) == 0)
                Remove(id);
            else
                Put(id, $"title {random.Next(1000)}");
        }

        public void Put(int id, string title)
        {
            Songs[id] = new Song { Id = id, ContentHash = ByteString.CopyFrom(new byte[32]), Tags = new SongTags { Title = title } };
            Touch(id);
        }

        public void Remove(int id)
        {
            Songs.Remove(id);
            Touch(id);
        }

        public SongPage Page(int cursor, int limit)
        {
            var songs = Songs.Where(song => song.Key > cursor).Take(limit + 1).Select(song => song.Value).ToList();
            var more = songs.Count > limit;
            var page = new SongPage { Songs = { songs.Take(limit) }, CatalogVersion = _version, Total = (uint)Songs.Count };
            page.NextCursor = more ? page.Songs[^1].Id : 0;
            return page;
        }

        public CatalogDelta Broadcast()
        {
            var delta = new CatalogDelta { FromVersion = _told, ToVersion = _version };
            delta.Changed.AddRange(_touched.Where(Songs.ContainsKey).Select(id => Songs[id]));
            delta.Removed.AddRange(_touched.Where(id => !Songs.ContainsKey(id)));
            _touched.Clear();
            _told = _version;
            return delta;
        }

        /// <summary>
        /// Returns the change as one or more frames. The first frame leads to the current version; each further frame adds a version.
        /// </summary>
        public CatalogDelta[] BroadcastInFrames()
        {
            var whole = Broadcast();
            var parts = Enumerable.Range(0, random.Next(1, 4)).Select(_ => new CatalogDelta()).ToArray();
            foreach (var song in whole.Changed)
                parts[random.Next(parts.Length)].Changed.Add(song);
            foreach (var id in whole.Removed)
                parts[random.Next(parts.Length)].Removed.Add(id);
            foreach (var (later, part) in parts.Index())
            {
                part.FromVersion = later == 0 ? whole.FromVersion : whole.ToVersion + (ulong)later - 1;
                part.ToVersion = whole.ToVersion + (ulong)later;
            }

            _told = _version = parts[^1].ToVersion;
            return parts;
        }

        private void Touch(int id)
        {
            _touched.Add(id);
            _version++;
        }
    }
}
