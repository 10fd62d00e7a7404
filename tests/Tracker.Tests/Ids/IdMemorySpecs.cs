using TspActors.Tracker.Clustering;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Ids;

public sealed class IdMemorySpecs
{
    private readonly IdTable _table = new();

    private int Mark => new IdMemory(ReceiptKeys.New(), OfferRule.AtOnce) { Table = _table }.Mark;

    [Theory]
    [InlineData(2_000_000_000)]
    [InlineData(int.MaxValue - 500)]
    [InlineData(int.MaxValue)]
    public void The_mark_of_a_tracker_that_rejoins_stays_low_whatever_strangers_have_offered(int offered)
    {
        _table.Learn(Samples.Hash(1), 3);
        _table.Learn(Samples.Hash(2), offered, isCertain: false);
        Assert.InRange(Mark, 4, 2_000);
    }

    [Fact]
    public void The_mark_of_a_tracker_that_rejoins_is_above_the_allocators_counter()
    {
        _table.Learn(Samples.Hash(1), 3);
        _table.RaiseCounter(70_000);
        Assert.InRange(Mark, 70_001, 80_000);
        _table.RaiseCounter(int.MaxValue - 1);
        Assert.Equal(int.MaxValue, Mark);
    }

    [Fact]
    public void A_tracker_without_ids_has_no_mark() => Assert.Equal(0, Mark);
}
