namespace TspActors.Gateway.Library;

/// <summary>Picks different numbers at random.</summary>
internal static class RandomPicks
{
    // Where few numbers fit, all are looked at instead.
    private const int TriesPerNumber = 20;

    /// <summary>Returns at most <paramref name="most"/> different numbers below <paramref name="count"/> that fit.</summary>
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
