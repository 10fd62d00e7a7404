using System.Buffers;
using System.Numerics;

namespace TspActors.Tracker.Search;

/// <summary>Where in a list of hits one was: first by how well it fits, then by id.</summary>
/// <param name="Rank">0 = the query is its title, 1 = its title begins with the query, 2 = all words are in its title, 3 = the rest.</param>
/// <param name="Id">The song.</param>
internal readonly record struct SearchPlace(int Rank, int Id);

/// <summary>The songs of an index that fit a query, as sets of bits: counted without looking at one of them, listed from any place on.</summary>
internal sealed class SearchHits : IDisposable
{
    private const int Ranks = 4;

    private readonly List<SegmentHits> _parts = [];

    public SearchHits(SearchIndex index, SearchQuery query)
    {
        foreach (var part in index.Parts)
        {
            if (SegmentHits.Find(part, query) is { } hits)
                _parts.Add(hits);
        }
    }

    /// <summary>Songs that fit in all.</summary>
    public int Total => Enumerable.Range(0, Ranks).Sum(CountOf);

    /// <summary>Hits behind that place, best first.</summary>
    public IEnumerable<SearchPlace> After(SearchPlace place)
    {
        for (var rank = place.Rank; rank < Ranks; rank++)
        {
            var after = rank == place.Rank ? place.Id : 0;
            var next = _parts.Select(part => part.Next(rank, part.FirstAfter(after))).ToArray();
            while (Lowest(next) is >= 0 and var lowest)
            {
                yield return new SearchPlace(rank, _parts[lowest].Ids[next[lowest]]);
                next[lowest] = _parts[lowest].Next(rank, next[lowest] + 1);
            }
        }
    }

    /// <summary>The place of the last of the first <paramref name="count"/> hits.</summary>
    public SearchPlace PlaceOf(int count)
    {
        var rank = 0;
        for (; rank < Ranks - 1 && count > CountOf(rank); rank++)
            count -= CountOf(rank);
        // The lowest id up to which there are that many.
        var (low, high) = (0, int.MaxValue);
        while (low < high)
        {
            var middle = (int)(((long)low + high) / 2);
            if (_parts.Sum(part => part.CountUpTo(rank, middle)) >= count)
                high = middle;
            else
                low = middle + 1;
        }

        return new SearchPlace(rank, low);
    }

    public void Dispose()
    {
        foreach (var part in _parts)
            part.Dispose();
        _parts.Clear();
    }

    private int CountOf(int rank) => _parts.Sum(part => part.Counts[rank]);

    private int Lowest(int[] next)
    {
        var lowest = -1;
        for (var part = 0; part < next.Length; part++)
        {
            if (next[part] < _parts[part].Ids.Length && (lowest < 0 || _parts[part].Ids[next[part]] < _parts[lowest].Ids[next[lowest]]))
                lowest = part;
        }

        return lowest;
    }

    /// <summary>The hits of one part: a set for each rank.</summary>
    private sealed class SegmentHits : IDisposable
    {
        private readonly ulong[][] _sets;
        private readonly int _words;

        private SegmentHits(LiveSegment part, SearchQuery query)
        {
            var segment = part.Segment;
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
            part.Filter(all.AsSpan(0, _words));
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

        /// <summary>Null when one of the words does not occur in that part.</summary>
        public static SegmentHits? Find(LiveSegment part, SearchQuery query)
        {
            foreach (var word in query.Words)
            {
                if (part.Segment.Prefix(SearchDocument.TitleWord, word).IsEmpty && part.Segment.Prefix(SearchDocument.OtherWord, word).IsEmpty)
                    return null;
            }

            return new SegmentHits(part, query);
        }

        /// <summary>The number of the first song above that id.</summary>
        public int FirstAfter(int id)
        {
            var found = Array.BinarySearch(Ids, id);
            return found >= 0 ? found + 1 : ~found;
        }

        /// <summary>The number of the first hit of that rank from number <paramref name="from"/> on; past the end when there is none.</summary>
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
