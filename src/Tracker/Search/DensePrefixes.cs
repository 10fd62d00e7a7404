namespace TspActors.Tracker.Search;

/// <summary>Finds the beginnings of terms that very many songs of a segment have, and makes their sets.</summary>
internal static class DensePrefixes
{
    /// <summary>In a smaller segment walking is as quick.</summary>
    private const int SmallestSegment = 4096;

    /// <summary>By the range of the terms that begin so; two beginnings of the same terms have one set.</summary>
    public static Dictionary<(int From, int To), ulong[]> Of(SearchSegment segment)
    {
        var found = new Dictionary<(int, int), ulong[]>();
        if (segment.Count >= SmallestSegment)
            Look(segment, new TermRange(0, segment.TermCount), 0, found);
        return found;
    }

    // The range holds all terms that are alike in their first bytes, that many.
    private static void Look(SearchSegment segment, TermRange range, int alike, Dictionary<(int, int), ulong[]> found)
    {
        var from = range.From;
        // The terms that end here come first.
        while (from < range.To && segment.Term(from).Length == alike)
            from++;
        while (from < range.To)
        {
            var letter = segment.Term(from)[alike];
            var to = from + 1;
            while (to < range.To && segment.Term(to)[alike] == letter)
                to++;
            var group = new TermRange(from, to);
            if (segment.Postings(group).Length > segment.Count / SearchSegment.DenseShare)
            {
                // The first byte is the class alone, which nobody looks for.
                if (alike > 0 && !found.ContainsKey((from, to)))
                    found.Add((from, to), SetOf(segment, group));
                Look(segment, group, alike + 1, found);
            }

            from = to;
        }
    }

    private static ulong[] SetOf(SearchSegment segment, TermRange range)
    {
        var set = new ulong[segment.BitWords];
        foreach (var song in segment.Postings(range))
            set[song >> 6] |= 1UL << (song & 63);
        return set;
    }
}
