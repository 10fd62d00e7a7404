namespace TspActors.Tracker.Search;

/// <summary>Finds the prefixes that occur in a large fraction of a segment's songs, and builds a bit set of these songs for each.</summary>
internal static class DensePrefixes
{
    /// <summary>
    /// The minimum number of songs in a segment with bit sets. In a smaller segment, walking the postings is just as fast.
    /// </summary>
    private const int SmallestSegment = 4096;

    /// <summary>Returns the bit sets by term range. Two prefixes with the same terms share one set.</summary>
    public static Dictionary<(int From, int To), ulong[]> Find(SearchSegment segment)
    {
        var found = new Dictionary<(int, int), ulong[]>();
        if (segment.Count >= SmallestSegment)
            AddDense(segment, new TermRange(0, segment.TermCount), 0, found);
        return found;
    }

    // All terms in the range have their first commonLength bytes in common.
    private static void AddDense(SearchSegment segment, TermRange range, int commonLength, Dictionary<(int, int), ulong[]> found)
    {
        var from = range.From;
        // Terms that consist only of the common bytes sort first.
        while (from < range.To && segment.Term(from).Length == commonLength)
            from++;
        while (from < range.To)
        {
            var letter = segment.Term(from)[commonLength];
            var to = from + 1;
            while (to < range.To && segment.Term(to)[commonLength] == letter)
                to++;
            var group = new TermRange(from, to);
            if (segment.Postings(group).Length > segment.Count / SearchSegment.DenseShare)
            {
                // The first byte is only the class of the term, and no query searches for a class alone.
                if (commonLength > 0 && !found.ContainsKey((from, to)))
                    found.Add((from, to), SetOf(segment, group));
                AddDense(segment, group, commonLength + 1, found);
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
