namespace TspActors.Gateway.Library;

/// <summary>
/// A sorted array of ordinals that is kept up to date: only changed items are sorted again. Arrays that have been returned never change.
/// </summary>
/// <param name="order">A total order: two different items never compare as equal.</param>
/// <param name="isShown">Returns whether an item belongs in the array.</param>
/// <param name="count">Returns the total number of items, which is needed to build the array from scratch.</param>
internal sealed class SortedView(Comparison<int> order, Func<int, bool> isShown, Func<int> count)
{
    // Beyond this number of changes, sorting everything from scratch is about as fast.
    private const int MostChanges = 100_000;

    private readonly HashSet<int> _changed = [];
    private int[]? _sorted;

    public Comparison<int> Order => order;

    /// <summary>Records that an item was added or removed, or may have moved.</summary>
    public void Changed(int item)
    {
        if (_sorted is null)
            return;
        _changed.Add(item);
        if (_changed.Count > MostChanges)
            Reset();
    }

    /// <summary>Forgets the array. The next one is built from all items.</summary>
    public void Reset()
    {
        _sorted = null;
        _changed.Clear();
    }

    /// <summary>Returns the current array.</summary>
    public int[] Get()
    {
        if (_sorted is null)
        {
            _sorted = [.. Enumerable.Range(0, count()).Where(isShown)];
            Array.Sort(_sorted, order);
        }
        else if (_changed.Count > 0)
        {
            Merge(_sorted);
        }

        return _sorted;
    }

    private void Merge(int[] former)
    {
        var kept = new List<int>(former.Length + _changed.Count);
        var added = _changed.Where(isShown).ToArray();
        Array.Sort(added, order);
        var next = 0;
        foreach (var item in former)
        {
            if (_changed.Contains(item))
                continue;
            while (next < added.Length && order(added[next], item) < 0)
                kept.Add(added[next++]);
            kept.Add(item);
        }

        while (next < added.Length)
            kept.Add(added[next++]);
        _sorted = [.. kept];
        _changed.Clear();
    }
}
