using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class HeapCompactionSpecs
{
    private readonly HeapCompaction _tidying = new();

    [Fact]
    public void Each_doubling_of_a_large_catalog_is_a_time_and_what_is_small_is_left_alone()
    {
        int[] due = [.. Enumerable.Range(0, 1001).Select(step => step * 1000).Where(_tidying.IsDue)];

        Assert.Equal([100_000, 200_000, 400_000, 800_000], due);
    }

    [Fact]
    public void So_is_the_loss_of_half_of_it()
    {
        Assert.True(_tidying.IsDue(400_000));

        int[] due = [.. Enumerable.Range(0, 400).Select(step => 400_000 - (step * 1000)).Where(_tidying.IsDue)];

        Assert.Equal([200_000, 100_000, 50_000], due);
        Assert.False(_tidying.IsDue(0));
    }

    [Fact]
    public void A_catalog_that_only_changes_is_left_alone()
    {
        Assert.True(_tidying.IsDue(300_000));

        Assert.DoesNotContain(Enumerable.Range(0, 100), step => _tidying.IsDue(300_000 + (step % 2 == 0 ? 200_000 : -100_000)));
    }
}
