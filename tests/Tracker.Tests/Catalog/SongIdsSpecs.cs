using TspActors.Tracker.Catalog;

namespace TspActors.Tracker.Tests.Catalog;

public sealed class SongIdsSpecs
{
    private readonly SongIds _ids = new();

    [Fact]
    public void Ids_are_assigned_in_order_from_1() =>
        Assert.Equal([1, 2, 3], new[] { 10, 20, 30 }.Select(n => _ids.IdOf(Samples.Hash(n), 0)));

    [Fact]
    public void A_song_keeps_its_id_whatever_a_later_offer_says()
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
    public void An_offer_below_the_highest_id_is_honoured_if_it_is_free()
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
    public void An_absurd_offer_is_honoured_but_does_not_use_up_the_ids()
    {
        Assert.Equal(int.MaxValue, _ids.IdOf(Samples.Hash(1), int.MaxValue));
        Assert.Equal(2_000_000_000, _ids.IdOf(Samples.Hash(2), 2_000_000_000));
        Assert.Equal(1, _ids.IdOf(Samples.Hash(3), 0));
    }

    [Fact]
    public void New_ids_skip_ids_that_were_offered_ahead()
    {
        _ids.IdOf(Samples.Hash(1), 20_000_000);
        _ids.IdOf(Samples.Hash(2), 9_999_999);
        Assert.Equal(10_000_000, _ids.IdOf(Samples.Hash(3), 0));
        _ids.IdOf(Samples.Hash(4), 19_999_999);
        Assert.Equal(20_000_001, _ids.IdOf(Samples.Hash(5), 20_000_001));
        Assert.Equal(20_000_002, _ids.IdOf(Samples.Hash(6), 0));
    }

    [Fact]
    public void Once_offers_have_driven_the_counter_to_its_end_new_ids_fill_the_gaps_from_below()
    {
        var given = new HashSet<int>();
        var song = 0;
        // Each offer moves the counter as far as one offer can, and the song after it gets the next id.
        for (long offer = 10_000_000; offer < int.MaxValue; offer += 10_000_000)
            Assert.True(given.Add(_ids.IdOf(Samples.Hash(++song), (int)offer)));
        Assert.True(given.Add(_ids.IdOf(Samples.Hash(++song), int.MaxValue)));

        var gaps = Enumerable.Range(0, 20_000).Select(_ => _ids.IdOf(Samples.Hash(++song), 0)).ToList();
        Assert.Equal(Enumerable.Range(1, 20_000), gaps);
        Assert.All(gaps, id => Assert.True(given.Add(id)));
    }
}
