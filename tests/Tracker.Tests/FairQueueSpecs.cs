namespace TspActors.Tracker.Tests;

public sealed class FairQueueSpecs
{
    private readonly FairQueue<string, int> _queue = new();

    [Fact]
    public void Owners_take_turns_and_each_owners_items_stay_in_order()
    {
        Add("many", 1, 2, 3, 4);
        Add("few", 10);
        Add("some", 20, 21);
        Assert.Equal(7, _queue.Count);
        Assert.Equal([1, 10, 20, 2, 21, 3, 4], DequeueAll(_ => true));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void A_new_owner_is_served_after_one_item_of_each_other_owner()
    {
        Add("many", 1, 2, 3, 4);
        Assert.True(_queue.TryDequeue(_ => true, out _));
        Add("one", 10);
        Assert.Equal([2, 10, 3, 4], DequeueAll(_ => true));
    }

    [Fact]
    public void Every_second_turn_belongs_to_preferred_owners_and_each_is_preferred_for_one_item_only()
    {
        Add("many", 1, 2, 3, 4);
        _queue.Add("first", 10, isPreferred: true);
        _queue.Add("first", 11, isPreferred: true);
        _queue.Add("second", 20, isPreferred: true);
        _queue.Add("gone", 30, isPreferred: true);
        _queue.Remove("gone", 30);
        Assert.Equal([10, 1, 20, 11, 2, 3, 4], DequeueAll(_ => true));
    }

    [Fact]
    public void Only_preferred_owners_can_be_served_while_the_others_wait()
    {
        Add("many", 1, 2);
        _queue.Add("first", 10, isPreferred: true);
        _queue.Add("first", 11, isPreferred: true);
        Assert.True(_queue.TryDequeue(_ => true, onlyPreferred: true, out var item, out var isPreferred));
        Assert.Equal((10, true), (item, isPreferred));
        Assert.False(_queue.TryDequeue(_ => true, onlyPreferred: true, out _, out _));
        Assert.True(_queue.TryDequeue(_ => true, onlyPreferred: false, out item, out isPreferred));
        Assert.Equal((1, false), (item, isPreferred));
        Assert.Equal([11, 2], DequeueAll(_ => true));
    }

    [Fact]
    public void An_owner_that_is_skipped_keeps_its_place()
    {
        Add("first", 1);
        Add("second", 2, 3);
        Assert.Equal([2, 3], DequeueAll(owner => owner == "second"));
        Add("second", 4);
        Assert.Equal([1, 4], DequeueAll(_ => true));
    }

    [Fact]
    public void Removed_items_are_not_dequeued()
    {
        Add("first", 1, 2);
        Add("second", 3);
        _queue.Remove("first", 1);
        _queue.Remove("second", 3);
        _queue.Remove("second", 3);
        _queue.Remove("nobody", 1);
        Assert.Equal(1, _queue.Count);
        Assert.Equal([2], DequeueAll(_ => true));
    }

    private void Add(string owner, params int[] items)
    {
        foreach (var item in items)
            _queue.Add(owner, item);
    }

    private List<int> DequeueAll(Predicate<string> may)
    {
        var dequeued = new List<int>();
        while (_queue.TryDequeue(may, out var item))
            dequeued.Add(item);
        return dequeued;
    }
}
