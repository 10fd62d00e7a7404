namespace TspActors.Tracker.Tests;

public sealed class FairQueueSpecs
{
    private readonly FairQueue<string, int> _queue = new();

    [Fact]
    public void Owners_take_turns_and_each_has_its_own_in_order()
    {
        Add("many", 1, 2, 3, 4);
        Add("few", 10);
        Add("some", 20, 21);
        Assert.Equal(7, _queue.Count);
        Assert.Equal([1, 10, 20, 2, 21, 3, 4], TakeAll(_ => true));
        Assert.Equal(0, _queue.Count);
    }

    [Fact]
    public void Who_comes_when_many_wait_is_next_but_one_turn()
    {
        Add("many", 1, 2, 3, 4);
        Assert.True(_queue.TryDequeue(_ => true, out _));
        Add("one", 10);
        Assert.Equal([2, 10, 3, 4], TakeAll(_ => true));
    }

    [Fact]
    public void Who_may_not_keeps_its_place()
    {
        Add("first", 1);
        Add("second", 2, 3);
        Assert.Equal([2, 3], TakeAll(owner => owner == "second"));
        Add("second", 4);
        Assert.Equal([1, 4], TakeAll(_ => true));
    }

    [Fact]
    public void What_is_removed_waits_no_more()
    {
        Add("first", 1, 2);
        Add("second", 3);
        _queue.Remove("first", 1);
        _queue.Remove("second", 3);
        _queue.Remove("second", 3);
        _queue.Remove("nobody", 1);
        Assert.Equal(1, _queue.Count);
        Assert.Equal([2], TakeAll(_ => true));
    }

    private void Add(string owner, params int[] items)
    {
        foreach (var item in items)
            _queue.Add(owner, item);
    }

    private List<int> TakeAll(Predicate<string> may)
    {
        var taken = new List<int>();
        while (_queue.TryDequeue(may, out var item))
            taken.Add(item);
        return taken;
    }
}
