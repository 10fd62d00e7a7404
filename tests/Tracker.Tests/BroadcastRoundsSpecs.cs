namespace TspActors.Tracker.Tests;

public sealed class BroadcastRoundsSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly BroadcastRounds _rounds = new();
    private readonly CatalogChanged _first = new(default, 2);

    [Fact]
    public void The_first_one_may_begin_at_once() => Assert.True(_rounds.MayBegin(TimeSpan.Zero));

    [Fact]
    public void The_next_one_waits_until_one_in_a_hundred_at_most_is_missing()
    {
        _rounds.Begin(_first, 10_000, Second);
        for (var taken = 0; taken < 9_900; taken++)
        {
            Assert.False(_rounds.MayBegin(2 * Second));
            _rounds.Taken(_first, 1.5 * Second);
        }

        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void As_much_time_again_passes_as_the_one_before_took()
    {
        _rounds.Begin(_first, 1, Second);
        _rounds.Taken(_first, 1.5 * Second);
        Assert.False(_rounds.MayBegin(1.9 * Second));
        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void A_few_that_are_slow_are_waited_for_a_second()
    {
        _rounds.Begin(_first, 16, Second);
        Assert.False(_rounds.MayBegin(1.9 * Second));
        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void Many_that_are_slow_are_waited_for_ten_seconds()
    {
        _rounds.Begin(_first, 100, Second);
        Assert.False(_rounds.MayBegin(10.9 * Second));
        Assert.True(_rounds.MayBegin(11 * Second));
    }

    [Fact]
    public void What_was_taken_of_an_earlier_one_does_not_count()
    {
        _rounds.Begin(_first, 17, Second);
        _rounds.Begin(new CatalogChanged(default, 3), 17, 50 * Second);
        _rounds.Taken(_first, 51 * Second);
        Assert.False(_rounds.MayBegin(51 * Second));
    }
}
