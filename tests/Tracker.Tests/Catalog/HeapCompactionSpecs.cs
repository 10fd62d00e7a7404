using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class HeapCompactionSpecs
{
    private readonly HeapCompaction _compaction = new();

    [Fact]
    public void Each_doubling_of_a_large_catalog_compacts_the_heap_but_that_of_a_small_one_does_not()
    {
        int[] due = [.. Enumerable.Range(0, 1001).Select(step => step * 1000).Where(_compaction.IsDue)];

        Assert.Equal([100_000, 200_000, 400_000, 800_000], due);
    }

    [Fact]
    public void Each_halving_of_a_large_catalog_compacts_the_heap()
    {
        Assert.True(_compaction.IsDue(400_000));

        int[] due = [.. Enumerable.Range(0, 400).Select(step => 400_000 - (step * 1000)).Where(_compaction.IsDue)];

        Assert.Equal([200_000, 100_000, 50_000], due);
        Assert.False(_compaction.IsDue(0));
    }

    [Fact]
    public void A_catalog_whose_compaction_would_take_too_long_is_left_as_it_is()
    {
        Assert.True(_compaction.IsDue(400_000));
        _compaction.Paused(TimeSpan.FromMilliseconds(600), 400_000);

        Assert.False(_compaction.IsDue(800_000));
        Assert.True(_compaction.IsDue(400_000));
    }

    [Fact]
    public void A_catalog_that_varies_in_size_without_halving_or_doubling_does_not_compact_the_heap()
    {
        Assert.True(_compaction.IsDue(300_000));

        Assert.DoesNotContain(Enumerable.Range(0, 100), step => _compaction.IsDue(300_000 + (step % 2 == 0 ? 200_000 : -100_000)));
    }
}
