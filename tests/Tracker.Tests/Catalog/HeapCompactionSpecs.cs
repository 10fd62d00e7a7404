using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class HeapCompactionSpecs
{
    private readonly HeapCompaction _compaction = new();
    private TimeSpan _now = TimeSpan.FromHours(1);

    [Fact]
    public void Each_doubling_of_a_large_catalog_compacts_the_heap_but_that_of_a_small_one_does_not()
    {
        int[] due = [.. Enumerable.Range(0, 1001).Select(step => step * 1000).Where(IsCompacted)];

        Assert.Equal([100_000, 200_000, 400_000, 800_000], due);
    }

    [Fact]
    public void Each_halving_of_a_large_catalog_compacts_the_heap()
    {
        Assert.True(_compaction.IsDue(400_000, _now));

        int[] due = [.. Enumerable.Range(0, 400).Select(step => 400_000 - (step * 1000)).Where(songs => _compaction.IsDue(songs, _now))];

        Assert.Equal([200_000, 100_000, 50_000], due);
        Assert.False(_compaction.IsDue(0, _now));
    }

    [Fact]
    public void A_catalog_whose_compaction_would_take_too_long_is_left_as_it_is()
    {
        Assert.True(_compaction.IsDue(400_000, _now));
        _compaction.Paused(TimeSpan.FromMilliseconds(600), 400_000, _now);
        _now += TimeSpan.FromHours(1);

        Assert.False(_compaction.IsDue(800_000, _now));
        Assert.True(_compaction.IsDue(400_000, _now));
    }

    [Theory]
    [InlineData(600_000, true)]
    [InlineData(700_000, false)]
    [InlineData(3_000_000, false)]
    public void A_catalog_that_becomes_large_in_one_step_is_compacted_only_if_the_estimated_pause_is_short(int songs, bool isDue) =>
        Assert.Equal(isDue, _compaction.IsDue(songs, _now));

    [Fact]
    public void The_measured_pause_replaces_the_estimate()
    {
        _compaction.Paused(TimeSpan.FromMilliseconds(50), 100_000, _now);

        Assert.True(_compaction.IsShort(2_000_000));
        Assert.False(_compaction.IsShort(2_100_000));
    }

    [Fact]
    public void A_catalog_that_varies_in_size_without_halving_or_doubling_does_not_compact_the_heap()
    {
        Assert.True(_compaction.IsDue(300_000, _now));

        Assert.DoesNotContain(Enumerable.Range(0, 100), step => _compaction.IsDue(300_000 + (step % 2 == 0 ? 200_000 : -100_000), _now));
    }

    [Fact]
    public void The_pauses_take_at_most_a_thousandth_of_the_time()
    {
        Assert.True(_compaction.IsDue(200_000, _now));
        _compaction.Paused(TimeSpan.FromMilliseconds(100), 200_000, _now);

        _now += TimeSpan.FromSeconds(99);
        Assert.False(_compaction.IsDue(90_000, _now));
        _now += TimeSpan.FromSeconds(1);
        Assert.True(_compaction.IsDue(90_000, _now));
        _compaction.Paused(TimeSpan.FromMilliseconds(100), 90_000, _now);
        Assert.False(_compaction.IsDue(399_000, _now));
        // A catalog that is larger than ever needs the memory.
        Assert.True(_compaction.IsDue(400_000, _now));
    }

    // As in the tracker, each compaction that is due is carried out, and its pause is recorded.
    private bool IsCompacted(int songs)
    {
        if (!_compaction.IsDue(songs, _now))
            return false;
        _compaction.Paused(TimeSpan.FromMilliseconds(songs / 2_000), songs, _now);
        return true;
    }
}
