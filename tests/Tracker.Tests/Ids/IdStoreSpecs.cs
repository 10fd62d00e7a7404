using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Ids;

/// <summary>The file of song ids: what it keeps over orderly ends, crashes and damage.</summary>
public sealed class IdStoreSpecs : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"tsp-ids-{Guid.NewGuid():n}");
    private readonly List<string> _warnings = [];

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Ids_and_the_counter_outlive_an_orderly_end()
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
    public void After_a_crash_ids_that_are_lost_are_not_given_to_another_song()
    {
        using (var store = Open())
        {
            var ids = new SongIds(store: store);
            for (var n = 1; n <= 5_000; n++)
                ids.IdOf(Samples.Hash(n), 0);
            // The disk has the marks, as they were awaited, and perhaps nothing else.
            File.Copy(_path, _path + ".crashed");
        }

        File.Move(_path + ".crashed", _path, overwrite: true);
        using var again = Open();
        Assert.InRange(new SongIds(store: again).IdOf(Samples.Hash(10_000), 0), 5_001, 5_000 + 100_001);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(39)]
    public void A_record_that_was_cut_off_is_dropped_and_overwritten(int bytes)
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
    public void A_damaged_record_is_skipped_and_said_and_no_id_that_it_may_have_reserved_is_given_out()
    {
        using (var store = Open())
        {
            var ids = new SongIds(store: store);
            for (var n = 1; n <= 3; n++)
                ids.IdOf(Samples.Hash(n), 0);
        }

        var bytes = File.ReadAllBytes(_path);
        // The second song: a mark and a song come before it.
        bytes[(2 * IdStore.RecordSize) + 5] ^= 1;
        File.WriteAllBytes(_path, bytes);

        using var again = Open();
        var restored = new SongIds(store: again);
        Assert.Equal([1, 3], new[] { 1, 3 }.Select(n => restored.Find(Samples.Hash(n))));
        Assert.Single(_warnings);
        Assert.True(restored.IdOf(Samples.Hash(4), 0) > 100_000);
    }

    [Fact]
    public void A_hole_of_zeros_is_no_record()
    {
        File.WriteAllBytes(_path, new byte[IdStore.RecordSize * 3]);
        Assert.Empty(Load());
    }

    [Fact]
    public void No_more_ids_are_kept_than_there_may_be_songs()
    {
        using (var store = new IdStore(_path, 2, _warnings.Add))
        {
            for (var n = 1; n <= 3; n++)
                store.Add(Samples.Hash(n), n);
        }

        Assert.Equal(2, Load().Count);
        Assert.Equal(2 * IdStore.RecordSize, new FileInfo(_path).Length);
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
