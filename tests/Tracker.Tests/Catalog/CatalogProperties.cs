using FsCheck.Xunit;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

/// <summary>Compares a catalog, after random shares, withdrawals and departures, with a model that is too simple to be wrong.</summary>
public sealed class CatalogProperties
{
    private const int Peers = 4;
    private const int Hashes = 12;

    [Property(MaxTest = 300)]
    public void The_catalog_holds_all_shared_songs_and_deltas_keep_a_mirror_current((byte Kind, byte Peer, byte Song, byte Extra)[] history)
    {
        var registry = Samples.Registry(int.MaxValue);
        var model = new Model();
        var mirror = new Dictionary<int, Song>();
        var mirrorVersion = CatalogSnapshot.Empty.Version;

        foreach (var (kind, peerByte, songByte, extra) in history)
        {
            var peer = peerByte % Peers;
            var song = songByte % Hashes;
            switch (kind % 8)
            {
                case 0 or 1:
                    Share(registry, model, peer, complete: false, [song], [], extra);
                    break;
                case 2:
                    Share(registry, model, peer, complete: false, [], [song, (song + 1) % Hashes], extra);
                    break;
                case 3:
                    Share(
                        registry, model, peer, complete: true, Enumerable.Range(0, Hashes).Where(n => (n * extra) % 3 == songByte % 3), [],
                        extra);
                    break;
                case 4:
                    registry.Leave(Samples.Peer(peer));
                    model.Leave(peer);
                    break;
                case 5:
                    registry.Join(Samples.Host(peer));
                    model.Join(peer);
                    break;
                case 6:
                    Check(registry.Publish(), model);
                    break;
                default:
                    registry.Publish();
                    mirrorVersion = ApplyDelta(registry, mirror, mirrorVersion);
                    break;
            }
        }

        var catalog = registry.Publish();
        Check(catalog, model);
        ApplyDelta(registry, mirror, mirrorVersion);
        Assert.Equal(catalog.After(0).Select(song => song.Message()), mirror.OrderBy(entry => entry.Key).Select(entry => entry.Value));
    }

    private static void Share(
        SongRegistry registry, Model model, int peer, bool complete, IEnumerable<int> added, IEnumerable<int> removed, byte extra)
    {
        var songs = added.ToList();
        var gone = removed.ToList();
        var title = $"Title {extra % 3}";
        var share = new Share
        {
            Complete = complete,
            Last = true,
            Added = { songs.Select(n => Samples.Song(n, title, lastId: extra % 5 == 0 ? 1 + (extra % 20) : 0)) },
            Removed = { gone.Select(Samples.HashBytes) },
        };
        var assigned = registry.Apply(Samples.Peer(peer), share);
        if (!model.HasJoined(peer))
        {
            Assert.Empty(assigned);
            return;
        }

        Assert.Equal(songs.Count, assigned.Count);
        foreach (var song in assigned)
            model.Assigned(song);
        if (complete)
            gone = [.. Enumerable.Range(0, Hashes).Except(songs)];
        foreach (var n in gone)
            model.Remove(peer, n);
        foreach (var n in songs)
            model.Add(peer, n, title);
    }

    private static void Check(CatalogSnapshot catalog, Model model)
    {
        var expected = model.Catalog().ToList();
        Assert.Equal(expected, catalog.After(0).Select(song => song.Message()));
        Assert.Equal(expected.Count, catalog.Count);
        Assert.All(expected, song => Assert.Equal(song, catalog.Find(song.Id)!.Message()));
        Assert.All(model.IdsWithoutHost(), id => Assert.Null(catalog.Find(id)));
    }

    private static ulong ApplyDelta(SongRegistry registry, Dictionary<int, Song> mirror, ulong version)
    {
        var (from, to, changed, removed) = registry.DrainDelta();
        Assert.Equal(version, from);
        var frame = Assert.Single(DeltaFrames.Encode(from, to, changed!, removed!, int.MaxValue));
        var delta = Samples.Body<CatalogDelta>(Samples.Frame(frame));
        foreach (var song in delta.Changed)
            mirror[song.Id] = song;
        foreach (var id in delta.Removed)
            mirror.Remove(id);
        return to;
    }

    private sealed class Model
    {
        private readonly HashSet<int> _joined = [];
        private readonly Dictionary<int,
        List<(int Peer, string Title)>> _copies = Enumerable.Range(0, Hashes).ToDictionary(n => n, _ => new List<(int, string)>());
        private readonly Dictionary<int, int> _ids = [];

        public bool HasJoined(int peer) => _joined.Contains(peer);

        public void Join(int peer)
        {
            Leave(peer);
            _joined.Add(peer);
        }

        public void Leave(int peer)
        {
            _joined.Remove(peer);
            foreach (var n in _copies.Keys)
                Remove(peer, n);
        }

        public void Add(int peer, int n, string title)
        {
            var index = _copies[n].FindIndex(copy => copy.Peer == peer);
            if (index < 0)
                _copies[n].Add((peer, title));
            else
                _copies[n][index] = (peer, title);
        }

        public void Remove(int peer, int n) => _copies[n].RemoveAll(copy => copy.Peer == peer);

        // Once assigned, an id belongs to its song permanently.
        public void Assigned(AssignedSong song)
        {
            var n = Enumerable.Range(0, Hashes).Single(n => Samples.HashBytes(n) == song.ContentHash);
            Assert.True(song.Id > 0, song.Refusal);
            if (_ids.TryGetValue(n, out var known))
                Assert.Equal(known, song.Id);
            Assert.DoesNotContain(_ids, entry => entry.Value == song.Id && entry.Key != n);
            _ids[n] = song.Id;
        }

        public IEnumerable<Song> Catalog() => _copies
            .Where(entry => entry.Value.Count > 0)
            .OrderBy(entry => _ids[entry.Key])
            .Select(entry => Samples.Expected(
                _ids[entry.Key], Samples.Song(entry.Key, Majority(entry.Value)), entry.Value.Select(copy => Samples.Host(copy.Peer))));

        // Each peer has its own address. In a tie, the title that was shared first wins.
        private static string Majority(List<(int Peer, string Title)> copies) =>
            copies.Select(copy => copy.Title).Distinct().MaxBy(title => copies.Count(copy => copy.Title == title))!;

        public IEnumerable<int> IdsWithoutHost() =>
            _copies.Where(entry => entry.Value.Count == 0 && _ids.ContainsKey(entry.Key)).Select(entry => _ids[entry.Key]);
    }
}
