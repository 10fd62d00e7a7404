using FsCheck.Xunit;
using Google.Protobuf;
using TspActors.Peer.Tests.Material;
using TspActors.Peer.Tracking;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Tracking;

/// <summary>Checks that the followers end up with the tracker's catalog, even if it changes while it is being listed.</summary>
public sealed class FollowedCatalogModelSpecs
{
    [Property(MaxTest = 300)]
    public void Pages_broadcasts_and_slow_followers_in_any_order_yield_the_trackers_catalog(int seed)
    {
        var run = new Run(new Random(seed));
        run.Everything(lossy: false);

        Assert.False(run.MustListAgain);
        run.AssertEqual();
    }

    [Property(MaxTest = 300)]
    public void Lost_broadcasts_are_detected_and_repaired_by_listing_again(int seed)
    {
        var run = new Run(new Random(seed));
        run.Everything(lossy: true);
        run.Tracker.Change();
        run.Apply(run.Tracker.Broadcast());
        if (run.MustListAgain)
            run.ListAgain();

        run.AssertEqual();
    }

    [Fact]
    public void A_page_older_than_a_broadcast_does_not_undo_it()
    {
        var run = new Run(new Random(1));
        run.Tracker.Put(1, "old");
        run.Start();
        var page = run.Tracker.Page(0, limit: 10);
        run.Tracker.Put(1, "new");
        run.Apply(run.Tracker.Broadcast());

        run.Reply(page);

        Assert.Equal("new", run.Followers.Songs[1].Tags.Title);
    }

    [Fact]
    public void A_song_removed_after_its_page_was_created_stays_removed()
    {
        var run = new Run(new Random(1));
        run.Tracker.Put(1, "one");
        run.Tracker.Put(2, "two");
        run.Tracker.Broadcast();
        run.Start();
        var first = run.Tracker.Page(0, limit: 1);
        run.Tracker.Remove(1);
        run.Apply(run.Tracker.Broadcast());
        run.Reply(first);

        run.Reply(run.Tracker.Page(first.NextCursor, limit: 10));

        Assert.Equal([2], run.Followers.Songs.Keys);
    }

    [Fact]
    public void Too_many_broadcasts_during_a_listing_are_dropped_and_the_catalog_is_listed_again()
    {
        var run = new Run(new Random(1));
        run.Tracker.Put(1, "start");
        run.Tracker.Broadcast();
        run.Start();
        var page = run.Tracker.Page(0, 10);
        for (var i = 0; i < 1_500; i++)
        {
            run.Tracker.Put(1, $"title {i}");
            run.Apply(run.Tracker.Broadcast());
        }

        run.Reply(page);

        Assert.True(run.MustListAgain);
        run.ListAgain();
        run.AssertEqual();
    }

    /// <summary>Drives the model of a tracker and the followers of its catalog through random steps.</summary>
    private sealed class Run
    {
        private readonly Random _random;
        private readonly Queue<CatalogDelta> _onTheWay = new();
        private readonly FollowedCatalog _catalog;
        private ListSongs? _asked;

        public Run(Random random)
        {
            _random = random;
            Tracker = new Model(random);
            _catalog = new FollowedCatalog(Followers, new ManualClock(DateTimeOffset.UnixEpoch), random);
        }

        public Model Tracker { get; }

        public FollowersOfTests Followers { get; } = new();

        public bool MustListAgain { get; private set; }

        public void Everything(bool lossy)
        {
            for (var i = _random.Next(20); i > 0; i--)
                Tracker.Change();
            Tracker.Broadcast();
            Start();
            var limit = _random.Next(1, 6);
            SongPage? waiting = null;
            for (var steps = _random.Next(10, 60); steps > 0 || _catalog.IsListing; steps--)
            {
                switch (_random.Next(5))
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
                            Apply(delta);
                        break;
                    case 2 when waiting is null && _asked is { } asked:
                        waiting = Tracker.Page(asked.Cursor, limit);
                        break;
                    case 3 when waiting is not null:
                        Reply(waiting);
                        waiting = null;
                        break;
                    case 4:
                        Followers.AreReady = _random.Next(2) == 0;
                        Follow(_catalog.Applied());
                        break;
                }
            }

            Tell();
            foreach (var last in lossy ? [] : _onTheWay.ToArray())
                Apply(last);
            Followers.AreReady = true;
            Follow(_catalog.Applied());
        }

        public void Start() => Follow(_catalog.Start());

        public void Apply(CatalogDelta delta) => Follow(_catalog.Apply(delta));

        public void Reply(SongPage page)
        {
            var asked = _asked!;
            _asked = null;
            Follow(_catalog.Apply(asked, page));
        }

        public void ListAgain()
        {
            Follow(_catalog.Continue());
            while (_asked is { } asked)
                Reply(Tracker.Page(asked.Cursor, 4));
        }

        public void AssertEqual() => Assert.Equal(Tracker.Songs, Followers.Songs);

        private void Tell()
        {
            foreach (var frame in Tracker.BroadcastInFrames())
                _onTheWay.Enqueue(frame);
        }

        private void Follow(CatalogStep step)
        {
            _asked = step.Request ?? _asked;
            MustListAgain |= step.Pause is not null;
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
