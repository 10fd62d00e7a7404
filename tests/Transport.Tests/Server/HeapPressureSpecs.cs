namespace TspActors.Transport.Tests.Server;

public sealed class HeapPressureSpecs
{
    private const long Limit = 1000;

    private readonly HeapPressure _pressure = new();

    [Fact]
    public void A_heap_that_is_far_from_its_limit_is_left_alone()
    {
        Assert.False(_pressure.IsDue(749, Limit, TimeSpan.Zero));
    }

    [Fact]
    public void A_heap_near_its_limit_is_collected_again_each_time_it_has_grown()
    {
        for (var round = 0; round < 10; round++)
        {
            var now = TimeSpan.FromSeconds(10 * round);
            Assert.True(_pressure.IsDue(800, Limit, now));
            Assert.False(_pressure.IsDue(800, Limit, now + TimeSpan.FromSeconds(2)));
            Assert.False(_pressure.IsDue(400, Limit, now + TimeSpan.FromSeconds(4)));
        }
    }

    [Fact]
    public void A_heap_that_stays_near_its_limit_is_collected_less_and_less_often()
    {
        var collected = Enumerable.Range(0, 3600).Where(second => _pressure.IsDue(900, Limit, TimeSpan.FromSeconds(second))).ToArray();

        Assert.Equal([0, 10, 30, 70, 150, 310, 610, 910], collected.Take(8));
    }
}
