using TspActors.Tracker.Catalog;
using TspActors.Tracker.Ids;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class SongIdsSpecs
{
    private readonly SongIds _ids = new();

    [Fact]
    public void Ids_are_assigned_in_order_from_1() =>
        Assert.Equal([1, 2, 3], new[] { 10, 20, 30 }.Select(n => _ids.IdOf(Samples.Hash(n), 0)));

    [Fact]
    public void A_song_keeps_its_id_even_if_another_one_is_offered_later()
    {
        var id = _ids.IdOf(Samples.Hash(1), 0);
        Assert.Equal(id, _ids.IdOf(Samples.Hash(1), 0));
        Assert.Equal(id, _ids.IdOf(Samples.Hash(1), 77));
    }

    [Fact]
    public void An_offer_of_a_free_id_is_honoured_and_new_ids_continue_above_it()
    {
        Assert.Equal(40, _ids.IdOf(Samples.Hash(1), 40));
        Assert.Equal(41, _ids.IdOf(Samples.Hash(2), 0));
    }

    [Fact]
    public void An_offered_id_below_the_highest_one_is_honoured_if_it_is_free()
    {
        _ids.IdOf(Samples.Hash(1), 40);
        Assert.Equal(7, _ids.IdOf(Samples.Hash(2), 7));
        Assert.Equal(41, _ids.IdOf(Samples.Hash(3), 7));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(int.MinValue)]
    public void A_negative_offer_is_ignored(int offer) => Assert.Equal(1, _ids.IdOf(Samples.Hash(1), offer));

    [Fact]
    public void An_absurdly_high_offer_is_honoured_but_does_not_use_up_the_ids()
    {
        Assert.Equal(int.MaxValue, _ids.IdOf(Samples.Hash(1), int.MaxValue));
        Assert.Equal(2_000_000_000, _ids.IdOf(Samples.Hash(2), 2_000_000_000));
        Assert.Equal(1, _ids.IdOf(Samples.Hash(3), 0));
    }

    [Fact]
    public void New_ids_skip_ids_that_earlier_offers_have_taken()
    {
        _ids.IdOf(Samples.Hash(1), 20_000);
        _ids.IdOf(Samples.Hash(2), 9_999);
        Assert.Equal(10_000, _ids.IdOf(Samples.Hash(3), 0));
        _ids.IdOf(Samples.Hash(4), 19_999, isProven: true);
        Assert.Equal(20_001, _ids.IdOf(Samples.Hash(5), 20_001, isProven: true));
        Assert.Equal(20_002, _ids.IdOf(Samples.Hash(6), 0));
    }

    [Fact]
    public void Rising_offers_without_receipts_move_the_counter_at_most_ten_thousand_beyond_the_number_of_ids()
    {
        for (var step = 1; step <= 5_000; step++)
            Assert.Equal(step * 9_999, _ids.IdOf(Samples.Hash(step), step * 9_999));
        Assert.InRange(_ids.IdOf(Samples.Hash(10_000), 0), 1, 5_000 + SongIds.LargestJump);
    }

    [Fact]
    public void Once_offers_have_exhausted_the_counter_new_ids_fill_the_gaps_lowest_first()
    {
        var given = new HashSet<int>();
        var song = 0;
        for (long offer = 10_000_000; offer < int.MaxValue; offer += 10_000_000)
            Assert.True(given.Add(_ids.IdOf(Samples.Hash(++song), (int)offer, isProven: true)));
        Assert.True(given.Add(_ids.IdOf(Samples.Hash(++song), int.MaxValue, isProven: true)));

        var gaps = Enumerable.Range(0, 20_000).Select(_ => _ids.IdOf(Samples.Hash(++song), 0)).ToList();
        Assert.Equal(Enumerable.Range(1, 20_000), gaps);
        Assert.All(gaps, id => Assert.True(given.Add(id)));
    }

    [Fact]
    public void During_the_waiting_period_only_offers_with_a_receipt_count()
    {
        var time = new ManualClock();
        var ids = new SongIds(new OfferRule(TimeSpan.FromSeconds(30), time));
        Assert.Equal(1, ids.IdOf(Samples.Hash(1), 40));
        Assert.Equal(40, ids.IdOf(Samples.Hash(2), 40, isProven: true));
        Assert.Equal(41, ids.IdOf(Samples.Hash(3), 40, isProven: true));
        time.Advance(TimeSpan.FromSeconds(30));
        Assert.Equal(7, ids.IdOf(Samples.Hash(4), 7));
    }
}
