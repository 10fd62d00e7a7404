using System.Buffers.Binary;

namespace TspActors.Tracker.Search;

/// <summary>Makes segments: from songs, or from several segments without what has gone from them.</summary>
/// <remarks>Everything is gone through twice, first to count: a large segment must not need twice its memory while it is made.</remarks>
internal sealed class SegmentBuilder
{
    private readonly int[] _ids;
    private readonly ulong[] _fingerprints;
    private byte[]? _text;
    private int[] _textEnds = [];
    private int[] _postingEnds = [];
    private int[] _postings = [];
    private int _textLength;
    private int _terms;
    private int _postingCount;
    private int _termBegun;

    private SegmentBuilder(int[] ids, ulong[] fingerprints) => (_ids, _fingerprints) = (ids, fingerprints);

    /// <summary>A segment of these songs.</summary>
    /// <param name="songs">In the order of their ids, each once.</param>
    public static SearchSegment Of(IReadOnlyList<(int Id, SearchDocument Words)> songs)
    {
        var entries = new Entry[songs.Sum(song => song.Words.Terms.Length)];
        var count = 0;
        for (var song = 0; song < songs.Count; song++)
        {
            foreach (var term in songs[song].Words.Terms)
                entries[count++] = new Entry(term, song);
        }

        Array.Sort(entries);
        return new SegmentBuilder([.. songs.Select(song => song.Id)], [.. songs.Select(song => song.Words.Fingerprint)]).Build(builder => builder.Take(entries));
    }

    /// <summary>One segment of all songs that are alive in these.</summary>
    public static SearchSegment Merge(IReadOnlyList<LiveSegment> parts)
    {
        var numbers = Renumber(parts, out var ids, out var fingerprints);
        return new SegmentBuilder(ids, fingerprints).Build(builder => builder.Take(parts, numbers));
    }

    private void Take(Entry[] entries)
    {
        for (var at = 0; at < entries.Length;)
        {
            var term = entries[at].Term;
            for (var last = -1; at < entries.Length && entries[at].Term.AsSpan().SequenceEqual(term); at++)
            {
                // A song may say a word twice.
                if (entries[at].Song != last)
                    Post(last = entries[at].Song);
            }

            EndTerm(term);
        }
    }

    private void Take(IReadOnlyList<LiveSegment> parts, int[][] numbers)
    {
        var next = new int[parts.Count];
        while (Lowest(parts, next) is >= 0 and var lowest)
        {
            var term = parts[lowest].Segment.Term(next[lowest]);
            for (var part = lowest; part < parts.Count; part++)
            {
                var segment = parts[part].Segment;
                if (next[part] == segment.TermCount || (part != lowest && !segment.Term(next[part]).SequenceEqual(term)))
                    continue;
                foreach (var song in segment.Postings(next[part]++))
                {
                    if (numbers[part][song] is >= 0 and var number)
                        Post(number);
                }
            }

            EndTerm(term);
        }
    }

    // For each part the new number of each of its songs; -1 for one that is gone.
    private static int[][] Renumber(IReadOnlyList<LiveSegment> parts, out int[] ids, out ulong[] fingerprints)
    {
        var alive = parts.SelectMany((part, index) => part.Alive().Select(song => (Id: part.Segment.Ids[song], Part: index, Song: song))).ToArray();
        Array.Sort(alive, (left, right) => left.Id.CompareTo(right.Id));
        var numbers = parts.Select(part => new int[part.Segment.Count]).ToArray();
        foreach (var part in numbers)
            Array.Fill(part, -1);
        ids = new int[alive.Length];
        fingerprints = new ulong[alive.Length];
        for (var number = 0; number < alive.Length; number++)
        {
            var (id, part, song) = alive[number];
            numbers[part][song] = number;
            ids[number] = id;
            fingerprints[number] = parts[part].Segment.Fingerprints[song];
        }

        return numbers;
    }

    private static int Lowest(IReadOnlyList<LiveSegment> parts, int[] next)
    {
        var lowest = -1;
        for (var part = 0; part < parts.Count; part++)
        {
            var segment = parts[part].Segment;
            if (next[part] < segment.TermCount
                && (lowest < 0 || segment.Term(next[part]).SequenceCompareTo(parts[lowest].Segment.Term(next[lowest])) < 0))
                lowest = part;
        }

        return lowest;
    }

    private void Post(int song)
    {
        if (_text is not null)
            _postings[_postingCount] = song;
        _postingCount++;
    }

    // A term whose songs are all gone is left out.
    private void EndTerm(ReadOnlySpan<byte> term)
    {
        if (_postingCount == _termBegun)
            return;
        if (_text is not null)
        {
            term.CopyTo(_text.AsSpan(_textLength));
            _textEnds[_terms] = _textLength + term.Length;
            _postingEnds[_terms] = _postingCount;
        }

        _textLength += term.Length;
        _termBegun = _postingCount;
        _terms++;
    }

    private SearchSegment Build(Action<SegmentBuilder> takeAll)
    {
        takeAll(this);
        (_text, _textEnds, _postingEnds, _postings) = (new byte[_textLength], new int[_terms], new int[_terms], new int[_postingCount]);
        (_textLength, _terms, _postingCount, _termBegun) = (0, 0, 0, 0);
        takeAll(this);
        return new SearchSegment(_ids, _fingerprints, _text, _textEnds, _postingEnds, _postings);
    }

    /// <summary>A term of a song; sorted by the term's bytes, most of which the first eight decide.</summary>
    private readonly struct Entry : IComparable<Entry>
    {
        private readonly ulong _start;

        public Entry(byte[] term, int song)
        {
            (Term, Song) = (term, song);
            Span<byte> start = stackalloc byte[8];
            start.Clear();
            term.AsSpan(0, Math.Min(8, term.Length)).CopyTo(start);
            _start = BinaryPrimitives.ReadUInt64BigEndian(start);
        }

        public byte[] Term { get; }

        public int Song { get; }

        public int CompareTo(Entry other)
        {
            if (_start != other._start)
                return _start < other._start ? -1 : 1;
            var order = Term.AsSpan().SequenceCompareTo(other.Term);
            return order != 0 ? order : Song - other.Song;
        }
    }
}
