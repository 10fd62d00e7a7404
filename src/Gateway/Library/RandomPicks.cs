namespace TspActors.Gateway.Library;

/// <summary>Picks distinct numbers at random.</summary>
internal static class RandomPicks
{
    // After this many tries per requested number, all numbers are checked instead, because few of them fit.
    private const int TriesPerNumber = 20;

    /// <summary>Returns at most <paramref name="most"/> distinct numbers below <paramref name="count"/> that fit.</summary>
    public static IReadOnlyList<int> Below(int count, int most, Random random, Func<int, bool> fits)
    {
        var picked = new HashSet<int>();
        for (var tries = 0; picked.Count < most && tries < (long)most * TriesPerNumber && count > 0; tries++)
        {
            var at = random.Next(count);
            if (fits(at))
                picked.Add(at);
        }

        if (picked.Count < most)
        {
            var all = Enumerable.Range(0, count).Where(at => fits(at)).ToArray();
            random.Shuffle(all);
            return [.. all.Take(most)];
        }

        return [.. picked];
    }
}
