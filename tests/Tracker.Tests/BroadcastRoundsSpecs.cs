namespace TspActors.Tracker.Tests;

public sealed class BroadcastRoundsSpecs
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly BroadcastRounds<int> _rounds = new();
    private readonly CatalogChanged _first = Change(2);
    private readonly CatalogChanged _second = Change(3);

    [Fact]
    public void The_first_round_begins_immediately() => Assert.True(_rounds.MayBegin(TimeSpan.Zero));

    [Fact]
    public void The_next_round_waits_for_99_percent_of_the_subscribers()
    {
        Begin(_first, 10_000);
        for (var taken = 0; taken < 9_900; taken++)
        {
            Assert.False(_rounds.MayBegin(2 * Second));
            _rounds.Received(taken, _first, 1.5 * Second);
        }

        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void The_pause_before_a_round_is_as_long_as_the_previous_round()
    {
        Begin(_first, 1);
        _rounds.Received(0, _first, 1.5 * Second);
        Assert.False(_rounds.MayBegin(1.9 * Second));
        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void A_round_waits_one_second_for_a_few_slow_subscribers()
    {
        Begin(_first, 16);
        Assert.False(_rounds.MayBegin(1.9 * Second));
        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void A_round_waits_ten_seconds_for_many_slow_subscribers()
    {
        Begin(_first, 100);
        Assert.False(_rounds.MayBegin(10.9 * Second));
        Assert.True(_rounds.MayBegin(11 * Second));
    }

    [Fact]
    public void A_change_of_two_frames_has_twice_the_time_limit()
    {
        Begin(new CatalogChanged([.. _first.Frames, .. _second.Frames], 3), 100);
        Assert.False(_rounds.MayBegin(20.9 * Second));
        Assert.True(_rounds.MayBegin(21 * Second));
    }

    [Fact]
    public void Receipts_of_an_earlier_round_do_not_count()
    {
        Begin(_first, 17);
        for (var subscriber = 0; subscriber < 17; subscriber++)
            _rounds.Received(subscriber, _first, Second);
        _rounds.Begin(_second, 50 * Second);
        for (var subscriber = 0; subscriber < 17; subscriber++)
            _rounds.Received(subscriber, _first, 51 * Second);
        Assert.False(_rounds.MayBegin(51 * Second));
    }

    [Fact]
    public void Rounds_ignore_a_slow_subscriber_until_it_has_caught_up()
    {
        Begin(_first, 100);
        for (var quick = 0; quick < 50; quick++)
            _rounds.Received(quick, _first, Second);
        _rounds.Begin(_second, 11 * Second);
        Assert.Equal(100, _rounds.Subscribers.Count);
        // Subscriber 99 has received the first change too late for its round, but receives the second one in time.
        _rounds.Received(99, _first, 11 * Second);
        _rounds.Received(99, _second, 11 * Second);
        for (var quick = 0; quick < 50; quick++)
        {
            Assert.False(_rounds.MayBegin(11.5 * Second));
            _rounds.Received(quick, _second, 11.1 * Second);
        }

        Assert.True(_rounds.MayBegin(11.2 * Second));

        _rounds.Begin(Change(4), 20 * Second);
        Assert.False(_rounds.MayBegin(20 * Second));
    }

    [Fact]
    public void A_round_does_not_wait_for_a_subscriber_that_has_left()
    {
        Begin(_first, 20);
        for (var subscriber = 0; subscriber < 19; subscriber++)
            _rounds.Received(subscriber, _first, Second);
        Assert.False(_rounds.MayBegin(Second));
        _rounds.Remove(19);
        Assert.True(_rounds.MayBegin(Second));
    }

    [Fact]
    public void A_newcomer_joins_the_next_round_but_rounds_wait_for_it_only_after_its_first_receipt()
    {
        Begin(_first, 1);
        _rounds.Add(7);
        _rounds.Received(0, _first, Second);
        Assert.True(_rounds.MayBegin(Second));
        _rounds.Begin(_second, 2 * Second);
        _rounds.Received(0, _second, 2 * Second);
        Assert.True(_rounds.MayBegin(2 * Second));
        _rounds.Received(7, _second, 2 * Second);
        var third = Change(4);
        _rounds.Begin(third, 2 * Second);
        _rounds.Received(0, third, 2 * Second);
        Assert.False(_rounds.MayBegin(2 * Second));
        _rounds.Received(7, third, 2 * Second);
        Assert.True(_rounds.MayBegin(2 * Second));
    }

    [Fact]
    public void Newcomers_that_never_receive_a_change_do_not_delay_the_others()
    {
        Begin(_first, 1);
        _rounds.Received(0, _first, Second);
        for (var round = 0; round < 5; round++)
        {
            for (var newcomer = 0; newcomer < 300; newcomer++)
                _rounds.Add(1_000 + newcomer);
            var change = Change((ulong)round + 3);
            _rounds.Begin(change, 2 * Second);
            Assert.False(_rounds.MayBegin(2 * Second));
            _rounds.Received(0, change, 2 * Second);
            Assert.True(_rounds.MayBegin(2 * Second));
            for (var newcomer = 0; newcomer < 300; newcomer++)
                _rounds.Remove(1_000 + newcomer);
        }
    }

    [Fact]
    public void A_newcomer_that_leaves_does_not_shorten_the_wait_for_the_others()
    {
        Begin(_first, 1);
        _rounds.Add(7);
        _rounds.Remove(7);
        Assert.False(_rounds.MayBegin(Second));
    }

    // Rounds wait only for subscribers that have already received a change, so every subscriber receives one first.
    private void Begin(CatalogChanged change, int subscribers)
    {
        var before = Change(1);
        for (var subscriber = 0; subscriber < subscribers; subscriber++)
            _rounds.Add(subscriber);
        _rounds.Begin(before, TimeSpan.Zero);
        for (var subscriber = 0; subscriber < subscribers; subscriber++)
            _rounds.Received(subscriber, before, TimeSpan.Zero);
        _rounds.Begin(change, Second);
    }

    private static CatalogChanged Change(ulong version) => new([default], version);
}
