namespace TspActors.Gateway.Library;

/// <summary>Picks different items at random.</summary>
internal static class RandomPicks
{
    // After this many tries for each wanted item, few items seem to fit, so all of them are checked instead.
    private const int TriesPerItem = 20;

    /// <summary>Returns at most <paramref name="most"/> different items that fit.</summary>
    public static IReadOnlyList<T> From<T>(IReadOnlyList<T> items, int most, Random random, Func<T, bool> fits)
    {
        var picked = new HashSet<int>();
        for (var tries = 0; picked.Count < most && tries < (long)most * TriesPerItem && items.Count > 0; tries++)
        {
            var at = random.Next(items.Count);
            if (fits(items[at]))
                picked.Add(at);
        }

        if (picked.Count < most)
        {
            var all = Enumerable.Range(0, items.Count).Where(at => fits(items[at])).ToArray();
            random.Shuffle(all);
            return [.. all.Take(most).Select(at => items[at])];
        }

        return [.. picked.Select(at => items[at])];
    }
}
