namespace TspActors.Tracker.Tests;

public sealed class BroadcastRoundsSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly BroadcastRounds _rounds = new(Second);
    private readonly CatalogChanged _first = new(default, 2);

    [Fact]
    public void The_first_one_may_begin_at_once() => Assert.True(_rounds.MayBegin(TimeSpan.Zero));

    [Fact]
    public void The_next_one_waits_until_one_in_a_hundred_at_most_is_missing()
    {
        _rounds.Begin(_first, 200, Second);
        for (var taken = 0; taken < 198; taken++)
        {
            Assert.False(_rounds.MayBegin(2 * Second));
            _rounds.Taken(_first);
        }

        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void Those_that_are_slow_are_waited_for_eight_times_the_delay()
    {
        _rounds.Begin(_first, 1, Second);
        Assert.False(_rounds.MayBegin(8.9 * Second));
        Assert.True(_rounds.MayBegin(9 * Second));
    }

    [Fact]
    public void What_was_taken_of_an_earlier_one_does_not_count()
    {
        _rounds.Begin(_first, 1, Second);
        _rounds.Begin(new CatalogChanged(default, 3), 1, 10 * Second);
        _rounds.Taken(_first);
        Assert.False(_rounds.MayBegin(11 * Second));
    }

    [Fact]
    public void Where_nobody_listens_nobody_is_waited_for()
    {
        _rounds.Begin(_first, 0, Second);
        Assert.True(_rounds.MayBegin(Second));
    }
}
