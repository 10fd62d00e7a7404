using TspActors.Protocol;
using TspActors.Tracker.Clustering;

namespace TspActors.Tracker.Tests.Clustering;

public sealed class IdTableSpecs
{
    [Fact]
    public void An_id_belongs_to_its_song_permanently()
    {
        var table = new IdTable();

        Assert.True(table.Learn(Samples.Hash(1), 7));
        Assert.True(table.Learn(Samples.Hash(1), 7));
        Assert.False(table.Learn(Samples.Hash(1), 8));
        Assert.False(table.Learn(Samples.Hash(2), 7));

        Assert.Equal(7, table.Find(Samples.Hash(1)));
        Assert.Equal(0, table.Find(Samples.Hash(2)));
        Assert.False(table.IsTaken(8));
    }

    [Fact]
    public void Digests_depend_on_the_entries_and_not_on_the_order_in_which_they_were_learnt()
    {
        var (one, other) = (new IdTable(), new IdTable());
        for (var song = 1; song <= 3000; song++)
        {
            one.Learn(Samples.Hash(song), song);
            other.Learn(Samples.Hash(3001 - song), 3001 - song);
        }

        Assert.Equal(one.Digests().Order(), other.Digests().Order());

        one.Learn(Samples.Hash(5000), 5000);
        other.Learn(Samples.Hash(5000), 5001);
        var differing = one.Digests().Except(other.Digests()).Select(block => block.Block);
        Assert.Equal([5000 / IdTable.BlockSize], differing);
        Assert.Equal([(Samples.Hash(5000), 5000)], one.EntriesOf(5000 / IdTable.BlockSize));
    }

    [Fact]
    public void Songs_that_offer_a_free_id_receive_it_and_the_others_receive_the_next_free_ones()
    {
        var allotment = New(mark: 0, reserved: 100);

        var given = allotment.Give([new WantedId(Samples.Hash(1), 0), new WantedId(Samples.Hash(2), 1), new WantedId(Samples.Hash(3), 20),
            new WantedId(Samples.Hash(4), 20)]);

        Assert.Equal([(Samples.Hash(2), 1), (Samples.Hash(3), 20), (Samples.Hash(4), 21), (Samples.Hash(1), 22)], given);
    }

    [Fact]
    public void An_id_that_an_earlier_allocator_may_have_assigned_goes_only_to_a_song_that_offers_it()
    {
        var table = new IdTable();
        table.Learn(Samples.Hash(1), 3);
        var allotment = new IdAllotment(table, mark: 50);
        allotment.Reserve(100);

        var given = allotment.Give([new WantedId(Samples.Hash(1), 9), new WantedId(Samples.Hash(2), 40), new WantedId(Samples.Hash(3), 3),
            new WantedId(Samples.Hash(4), 0)]);

        Assert.Equal([(Samples.Hash(1), 3), (Samples.Hash(2), 40), (Samples.Hash(3), 51), (Samples.Hash(4), 52)], given);
    }

    [Fact]
    public void An_uncertain_id_becomes_certain_when_it_is_learnt_as_certain_and_then_stays_certain()
    {
        var table = new IdTable();
        Assert.True(table.Learn(Samples.Hash(1), 7, isCertain: false));
        Assert.Equal((7, 0, true), (table.Find(Samples.Hash(1)), table.FindCertain(Samples.Hash(1)), table.IsTaken(7)));

        Assert.False(table.Learn(Samples.Hash(1), 8, isCertain: false));
        Assert.Equal(0, table.FindCertain(Samples.Hash(1)));
        Assert.True(table.Learn(Samples.Hash(1), 7));
        Assert.Equal(7, table.FindCertain(Samples.Hash(1)));
        Assert.True(table.Learn(Samples.Hash(1), 7, isCertain: false));
        Assert.Equal(7, table.FindCertain(Samples.Hash(1)));
    }

    [Theory]
    [InlineData(true, false)]
    [InlineData(false, true)]
    public void A_certain_or_allotted_id_replaces_uncertain_entries_that_contradict_it(bool isCertain, bool isAllotted)
    {
        var (table, expected) = (new IdTable(), new IdTable());
        table.Learn(Samples.Hash(1), 7, isCertain: false);
        table.Learn(Samples.Hash(2), 8, isCertain: false);

        Assert.True(table.Learn(Samples.Hash(1), 8, isCertain, isAllotted));

        expected.Learn(Samples.Hash(1), 8);
        Assert.Equal((8, 0, false), (table.Find(Samples.Hash(1)), table.Find(Samples.Hash(2)), table.IsTaken(7)));
        Assert.Equal((1, isCertain ? 8 : 0), (table.Count, table.FindCertain(Samples.Hash(1))));
        Assert.Equal(expected.Digests(), table.Digests());
    }

    [Fact]
    public void A_certain_entry_stays_until_the_membership_ends()
    {
        var table = new IdTable();
        table.Learn(Samples.Hash(1), 7);
        Assert.False(table.Learn(Samples.Hash(2), 7, isAllotted: true));

        table.BeginMembership();
        Assert.Equal((7, 0), (table.Find(Samples.Hash(1)), table.FindCertain(Samples.Hash(1))));
        Assert.True(table.Learn(Samples.Hash(2), 7));
        Assert.Equal((0, 7), (table.Find(Samples.Hash(1)), table.Find(Samples.Hash(2))));
    }

    [Fact]
    public void A_song_with_an_empty_hash_contradicts_no_other_song()
    {
        var table = new IdTable();
        Assert.True(table.Learn(default, 1));
        Assert.True(table.Learn(Samples.Hash(1), 2));
        Assert.False(table.Learn(Samples.Hash(2), 1));
    }

    [Fact]
    public void Of_contradicting_entries_in_the_store_the_last_one_counts_and_is_not_stored_again()
    {
        var table = new IdTable();
        table.Restore(Samples.Hash(1), 7);
        table.Restore(Samples.Hash(2), 7);
        Assert.Equal((0, 7, 0), (table.Find(Samples.Hash(1)), table.Find(Samples.Hash(2)), table.FindCertain(Samples.Hash(2))));

        table.Learn(Samples.Hash(1), 8);
        table.Learn(Samples.Hash(2), 7);
        Assert.Equal((true, false), (table.IsToBeStored(Samples.Hash(1)), table.IsToBeStored(Samples.Hash(2))));
        table.Learn(Samples.Hash(3), 9, isCertain: false);
        Assert.False(table.IsToBeStored(Samples.Hash(3)));
    }

    [Fact]
    public void A_series_of_rising_offers_does_not_use_up_the_ids()
    {
        var allotment = New(mark: 0, reserved: 0);
        var wanted = Enumerable.Range(1, 220).Select(song => new WantedId(Samples.Hash(song),
            (int)Math.Min(int.MaxValue, song * 9_900L))).Append(new WantedId(Samples.Hash(1000), 0)).ToList();

        var needed = allotment.NeededFor(wanted);
        Assert.InRange(needed, 1, 20_000);
        allotment.Reserve((int)needed);
        var given = allotment.Give(wanted).Select(entry => entry.Id).ToList();
        Assert.Equal(221, given.Distinct().Count());
        Assert.InRange(allotment.NeededFor([new WantedId(Samples.Hash(1001), 0)]), 1, 20_000);
    }

    [Fact]
    public void An_offer_with_a_receipt_wins_over_one_without_and_may_move_the_counter_any_distance()
    {
        var allotment = New(mark: 0, reserved: 0);
        WantedId[] wanted =
        [
            new WantedId(Samples.Hash(1), 0), new WantedId(Samples.Hash(2), 50_000),
            new WantedId(Samples.Hash(3), 50_000, IsProven: true),
        ];

        allotment.Reserve((int)allotment.NeededFor(wanted));
        Assert.Equal(
            [(Samples.Hash(3), 50_000), (Samples.Hash(2), 50_001), (Samples.Hash(1), 50_002)], allotment.Give(wanted));
    }

    [Fact]
    public void New_ids_are_higher_than_any_id_that_a_tracker_remembers()
    {
        var allotment = New(mark: 0, reserved: 0);
        allotment.StartAbove(700);
        Assert.Equal(701, allotment.NeededFor([new WantedId(Samples.Hash(1), 0)]));
        allotment.Reserve(701);
        Assert.Equal([(Samples.Hash(1), 701)], allotment.Give([new WantedId(Samples.Hash(1), 0)]));
    }

    [Fact]
    public void NeededFor_shows_in_advance_that_no_ids_are_left()
    {
        var allotment = New(mark: int.MaxValue - 1, reserved: int.MaxValue);
        allotment.Give([new WantedId(Samples.Hash(1), 0)]);

        Assert.Equal(int.MaxValue + 1L, allotment.NeededFor([new WantedId(Samples.Hash(2), 0)]));
        Assert.Equal([5], allotment.Give([new WantedId(Samples.Hash(3), 5)]).Select(entry => entry.Id));
    }

    [Fact]
    public void No_id_is_assigned_beyond_the_reserved_range()
    {
        var allotment = New(mark: 10, reserved: 12);
        var wanted = Enumerable.Range(1, 3).Select(song => new WantedId(Samples.Hash(song), 0)).ToList();

        Assert.Equal(13, allotment.NeededFor(wanted));
        Assert.Throws<InvalidOperationException>(() => allotment.Give(wanted));
        allotment.Reserve(13);
        Assert.Equal([11, 12, 13], allotment.Give(wanted).Select(entry => entry.Id));
    }

    [Fact]
    public void An_absurdly_high_offer_is_honoured_and_does_not_use_up_the_ids()
    {
        var allotment = New(mark: 0, reserved: 100);
        WantedId[] wanted = [new WantedId(Samples.Hash(1), int.MaxValue), new WantedId(Samples.Hash(2), 0)];

        Assert.Equal(2, allotment.NeededFor(wanted));
        Assert.Equal([int.MaxValue, 1], allotment.Give(wanted).Select(entry => entry.Id));
    }

    [Fact]
    public void Reserving_the_needed_ids_is_always_enough()
    {
        var random = new Random(20_240_229);
        for (var run = 0; run < 300; run++)
        {
            var table = new IdTable();
            for (var song = 0; song < 30; song++)
                table.Learn(Samples.Hash(1000 + song), random.Next(1, 120));
            var allotment = new IdAllotment(table, random.Next(60));
            for (var round = 0; round < 3; round++)
            {
                var wanted = Enumerable.Range(0, random.Next(1, 30))
                    .Select(_ => new WantedId(
                        Samples.Hash(random.Next(100)),
                        random.Next(5) switch { 0 => 0, 1 => random.Next(), 2 => 9_990 + random.Next(20), _ => random.Next(1, 150) }))
                    .DistinctBy(song => song.Hash).ToList();
                allotment.Reserve((int)Math.Min(int.MaxValue, allotment.NeededFor(wanted)));
                Assert.Equal(wanted.Count, allotment.Give(wanted).Select(entry => entry.Id).Distinct().Count());
            }
        }
    }

    private static IdAllotment New(int mark, int reserved)
    {
        var allotment = new IdAllotment(new IdTable(), mark);
        allotment.Reserve(reserved);
        return allotment;
    }
}
