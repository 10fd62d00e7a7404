using System.Buffers;
using System.Numerics;

namespace TspActors.Tracker.Search;

/// <summary>A position in a list of hits, ordered by rank and then by id.</summary>
/// <param name="Rank">0 = the query is the title, 1 = the title starts with the query, 2 = the title contains all words of the
///   query, 3 = all other hits.</param>
/// <param name="Id">The id of the song.</param>
internal readonly record struct SearchPosition(int Rank, int Id);

/// <summary>The songs of an index that match a query, as bit sets, which can be counted quickly and listed from any position.</summary>
internal sealed class SearchHits : IDisposable
{
    private const int Ranks = 4;

    private readonly List<SegmentHits> _segments = [];

    public SearchHits(SearchIndex index, SearchQuery query)
    {
        foreach (var source in index.Segments)
        {
            if (SegmentHits.Find(source, query) is { } hits)
                _segments.Add(hits);
        }
    }

    /// <summary>The total number of hits.</summary>
    public int Total => Enumerable.Range(0, Ranks).Sum(CountOf);

    /// <summary>Returns the hits after a position, best first.</summary>
    public IEnumerable<SearchPosition> After(SearchPosition place)
    {
        for (var rank = place.Rank; rank < Ranks; rank++)
        {
            var after = rank == place.Rank ? place.Id : 0;
            var next = _segments.Select(source => source.Next(rank, source.FirstAfter(after))).ToArray();
            while (Lowest(next) is >= 0 and var lowest)
            {
                yield return new SearchPosition(rank, _segments[lowest].Ids[next[lowest]]);
                next[lowest] = _segments[lowest].Next(rank, next[lowest] + 1);
            }
        }
    }

    /// <summary>Returns the position of hit number <paramref name="count"/>, counting from 1.</summary>
    public SearchPosition PlaceOf(int count)
    {
        var rank = 0;
        for (; rank < Ranks - 1 && count > CountOf(rank); rank++)
            count -= CountOf(rank);
        // A binary search for the lowest id up to which there are this many hits.
        var (low, high) = (0, int.MaxValue);
        while (low < high)
        {
            var middle = (int)(((long)low + high) / 2);
            if (_segments.Sum(source => source.CountUpTo(rank, middle)) >= count)
                high = middle;
            else
                low = middle + 1;
        }

        return new SearchPosition(rank, low);
    }

    public void Dispose()
    {
        foreach (var source in _segments)
            source.Dispose();
        _segments.Clear();
    }

    private int CountOf(int rank) => _segments.Sum(source => source.Counts[rank]);

    private int Lowest(int[] next)
    {
        var lowest = -1;
        for (var source = 0; source < next.Length; source++)
        {
            if (next[source] < _segments[source].Ids.Length
                && (lowest < 0 || _segments[source].Ids[next[source]] < _segments[lowest].Ids[next[lowest]]))
                lowest = source;
        }

        return lowest;
    }

    /// <summary>The hits in one segment: one set per rank.</summary>
    private sealed class SegmentHits : IDisposable
    {
        private readonly ulong[][] _sets;
        private readonly int _words;

        private SegmentHits(LiveSegment source, SearchQuery query)
        {
            var segment = source.Segment;
            (Ids, _words) = (segment.Ids, segment.BitWords);
            _sets = [Set(), Set(), Set(), Set()];
            var (exact, begins, inTitle, all, word) = (_sets[0], _sets[1], _sets[2], _sets[3], Set());
            segment.AddTo(inTitle, segment.Prefix(SearchDocument.TitleWord, query.Words[0]));
            inTitle.AsSpan(0, _words).CopyTo(all);
            segment.AddTo(all, segment.Prefix(SearchDocument.OtherWord, query.Words[0]));
            foreach (var further in query.Words.AsSpan(1))
            {
                Array.Clear(word, 0, _words);
                segment.AddTo(word, segment.Prefix(SearchDocument.TitleWord, further));
                And(inTitle, word);
                segment.AddTo(word, segment.Prefix(SearchDocument.OtherWord, further));
                And(all, word);
            }

            ArrayPool<ulong>.Shared.Return(word);
            source.Filter(all.AsSpan(0, _words));
            segment.AddTo(begins, segment.Prefix(SearchDocument.Title, query.Phrase));
            segment.AddTo(exact, segment.Exact(SearchDocument.Title, query.Phrase));
            for (var at = 0; at < _words; at++)
            {
                exact[at] &= all[at];
                begins[at] &= all[at] & ~exact[at];
                inTitle[at] &= all[at] & ~exact[at] & ~begins[at];
                all[at] &= ~exact[at] & ~begins[at] & ~inTitle[at];
            }

            Counts = [.. _sets.Select(set => CountOf(set.AsSpan(0, _words)))];
        }

        public int[] Ids { get; }

        public int[] Counts { get; }

        /// <summary>Returns the hits in a segment; null if a word of the query does not occur in it.</summary>
        public static SegmentHits? Find(LiveSegment source, SearchQuery query)
        {
            foreach (var word in query.Words)
            {
                if (source.Segment.Prefix(SearchDocument.TitleWord, word).IsEmpty
                    && source.Segment.Prefix(SearchDocument.OtherWord, word).IsEmpty)
                    return null;
            }

            return new SegmentHits(source, query);
        }

        /// <summary>Returns the index of the first song with a higher id.</summary>
        public int FirstAfter(int id)
        {
            var found = Array.BinarySearch(Ids, id);
            return found >= 0 ? found + 1 : ~found;
        }

        /// <summary>
        /// Returns the index of the first hit of a rank at or after <paramref name="from"/>, or an index past the end if there is none.
        /// </summary>
        public int Next(int rank, int from)
        {
            for (var word = from >> 6; word < _words; word++)
            {
                var bits = _sets[rank][word];
                if (word == from >> 6)
                    bits &= ulong.MaxValue << (from & 63);
                if (bits != 0)
                    return (word << 6) + BitOperations.TrailingZeroCount(bits);
            }

            return Ids.Length;
        }

        public int CountUpTo(int rank, int id)
        {
            var end = FirstAfter(id);
            var count = CountOf(_sets[rank].AsSpan(0, end >> 6));
            return (end & 63) == 0 ? count : count + BitOperations.PopCount(_sets[rank][end >> 6] & ((1UL << (end & 63)) - 1));
        }

        public void Dispose()
        {
            foreach (var set in _sets)
                ArrayPool<ulong>.Shared.Return(set);
        }

        private ulong[] Set()
        {
            var set = ArrayPool<ulong>.Shared.Rent(_words);
            Array.Clear(set, 0, _words);
            return set;
        }

        private void And(ulong[] set, ulong[] other)
        {
            for (var at = 0; at < _words; at++)
                set[at] &= other[at];
        }

        private static int CountOf(ReadOnlySpan<ulong> set)
        {
            var count = 0;
            foreach (var bits in set)
                count += BitOperations.PopCount(bits);
            return count;
        }
    }
}
