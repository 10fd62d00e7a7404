using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Ids;

/// <summary>Checks what the file of song ids preserves across shutdowns, crashes and damage.</summary>
public sealed class IdStoreSpecs : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tsp-ids-{Guid.NewGuid():n}");
    private readonly List<string> _warnings = [];

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Ids_and_the_counter_survive_an_orderly_shutdown()
    {
        using (var store = Open())
        {
            var ids = new SongIds(store: store);
            Assert.Equal([1, 2, 3], Enumerable.Range(1, 3).Select(n => ids.IdOf(Samples.Hash(n), 0)));
        }

        using var again = Open();
        var restored = new SongIds(store: again);
        Assert.Equal([3, 1], new[] { 3, 1 }.Select(n => restored.IdOf(Samples.Hash(n), 77)));
        Assert.Equal(4, restored.IdOf(Samples.Hash(4), 2));
        Assert.Empty(_warnings);
    }

    [Fact]
    public void Ids_lost_in_a_crash_are_not_given_to_other_songs()
    {
        using (var store = Open())
        {
            var ids = new SongIds(store: store);
            for (var n = 1; n <= 5_000; n++)
                ids.IdOf(Samples.Hash(n), 0);
            // Only the marks, which reserve ids, are certain to be on disk, because the store waits until they are written.
            File.Copy(_path, _path + ".crashed");
        }

        File.Move(_path + ".crashed", _path, overwrite: true);
        using var again = Open();
        Assert.InRange(new SongIds(store: again).IdOf(Samples.Hash(10_000), 0), 5_001, 5_000 + 100_001);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(39)]
    public void A_truncated_record_is_dropped_and_overwritten(int bytes)
    {
        using (var store = Open())
            store.Add(Samples.Hash(1), 1);
        using (var file = File.OpenWrite(_path))
            file.SetLength(file.Length + bytes);
        using (var store = Open())
        {
            store.Load((_, _) => { });
            store.Add(Samples.Hash(2), 2);
        }

        Assert.Equal([(Samples.Hash(1), 1), (Samples.Hash(2), 2)], Load());
        Assert.Empty(_warnings);
    }

    [Fact]
    public void A_damaged_record_is_skipped_with_a_warning_and_ids_it_may_have_reserved_are_not_given_out()
    {
        using (var store = Open())
        {
            var ids = new SongIds(store: store);
            for (var n = 1; n <= 3; n++)
                ids.IdOf(Samples.Hash(n), 0);
        }

        var bytes = File.ReadAllBytes(_path);
        // The second song's record follows a mark and the first song.
        bytes[(2 * IdStore.RecordSize) + 5] ^= 1;
        File.WriteAllBytes(_path, bytes);

        using var again = Open();
        var restored = new SongIds(store: again);
        Assert.Equal([1, 3], new[] { 1, 3 }.Select(n => restored.Find(Samples.Hash(n))));
        Assert.Single(_warnings);
        Assert.True(restored.IdOf(Samples.Hash(4), 0) > 100_000);
    }

    [Fact]
    public void A_later_record_replaces_those_of_the_same_song_and_of_the_same_id()
    {
        using (var store = Open())
        {
            store.Load((_, _) => { });
            // A cluster knew another song by the first one's id.
            store.Add(Samples.Hash(1), 1);
            store.Add(Samples.Hash(2), 1);
            store.Add(Samples.Hash(1), 1_001);
        }

        using var again = Open();
        var restored = new SongIds(store: again);

        Assert.Equal((1_001, 1, 2), (restored.Find(Samples.Hash(1)), restored.Find(Samples.Hash(2)), restored.Count));
        Assert.True(restored.IsTaken(1) && restored.IsTaken(1_001));
    }

    [Fact]
    public void Zeros_are_not_read_as_records()
    {
        File.WriteAllBytes(_path, new byte[IdStore.RecordSize * 3]);
        Assert.Empty(Load());
    }

    [Fact]
    public void The_file_keeps_no_more_ids_than_the_song_limit_allows()
    {
        using (var store = new IdStore(_path, 2, _warnings.Add))
        {
            for (var n = 1; n <= 3; n++)
                store.Add(Samples.Hash(n), n);
        }

        Assert.Equal(2, Load().Count);
        Assert.Equal(2 * IdStore.RecordSize, new FileInfo(_path).Length);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(40)]
    [InlineData(79)]
    public void Ids_that_could_not_be_written_are_written_later_and_both_events_are_reported_once(int bytesWritten)
    {
        var isFull = false;
        using (var store = new IdStore(_path, 1_000_000, _warnings.Add, Write))
        {
            var ids = new SongIds(store: store);
            Assert.Equal(1, ids.IdOf(Samples.Hash(1), 0));
            store.Flush();
            isFull = true;
            for (var n = 2; n <= 5_000; n++)
                Assert.Equal(n, ids.IdOf(Samples.Hash(n), 0));
            store.Flush();
            store.Flush();
            Assert.Equal(Path.GetFileName(_path) + " is on a full disk", Assert.Single(_warnings).Split(": ")[^1]);

            isFull = false;
            store.Flush();
            Assert.Contains("again", _warnings[1], StringComparison.Ordinal);
            Assert.Equal(5_001, ids.IdOf(Samples.Hash(5_001), 0));
            store.Flush();
            File.Copy(_path, _path + ".crashed");
        }

        Assert.Equal(2, _warnings.Count);
        Assert.Equal(Enumerable.Range(1, 5_001).Select(n => (Samples.Hash(n), n)), Load());
        File.Move(_path + ".crashed", _path, overwrite: true);
        using var again = Open();
        var restored = new SongIds(store: again);
        Assert.Equal(5_001, restored.Count);
        Assert.InRange(restored.IdOf(Samples.Hash(9_999), 0), 5_002, 200_000);

        void Write(FileStream file, byte[] batch)
        {
            file.Write(batch, 0, isFull ? Math.Min(bytesWritten, batch.Length) : batch.Length);
            if (isFull)
                throw new IOException(Path.GetFileName(_path) + " is on a full disk");
        }
    }

    [Fact]
    public void While_the_file_cannot_be_written_new_ids_do_not_wait_for_it()
    {
        var writes = 0;
        using var store = new IdStore(_path, 1_000_000, _warnings.Add, (_, _) =>
        {
            writes++;
            throw new IOException("full");
        });
        var ids = new SongIds(store: store);
        for (var n = 1; n <= 5_000; n++)
            ids.IdOf(Samples.Hash(n), 0);
        Assert.InRange(writes, 1, 3);
    }

    private IdStore Open() => new(_path, 1_000_000, _warnings.Add);

    private List<(ContentHash, int)> Load()
    {
        var ids = new List<(ContentHash, int)>();
        using var store = Open();
        store.Load((hash, id) => ids.Add((hash, id)));
        return ids;
    }
}
