using System.Buffers.Binary;

namespace TspActors.Tracker.Search;

/// <summary>Builds a segment from songs, or merges several segments into one, leaving out their removed songs.</summary>
/// <remarks>
/// Each build makes two passes, the first only to count, so that a large segment does not need twice its memory while it is being built.
/// </remarks>
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

    /// <summary>Builds a segment from songs.</summary>
    /// <param name="songs">The songs in id order, each once.</param>
    public static SearchSegment Build(IReadOnlyList<(int Id, SearchDocument Words)> songs)
    {
        var entries = new Entry[songs.Sum(song => song.Words.Count)];
        var count = 0;
        for (var song = 0; song < songs.Count; song++)
        {
            foreach (var term in songs[song].Words.Terms)
                entries[count++] = new Entry(term, song);
        }

        Array.Sort(entries);
        return new SegmentBuilder(
            [.. songs.Select(song => song.Id)],
            [.. songs.Select(song => song.Words.Fingerprint)]).Build(builder => builder.AddAll(entries));
    }

    /// <summary>Builds one segment from the live songs of several segments.</summary>
    public static SearchSegment Merge(IReadOnlyList<LiveSegment> segments)
    {
        var numbers = Renumber(segments, out var ids, out var fingerprints);
        return new SegmentBuilder(ids, fingerprints).Build(builder => builder.AddAll(segments, numbers));
    }

    private void AddAll(Entry[] entries)
    {
        for (var at = 0; at < entries.Length;)
        {
            ReadOnlySpan<byte> term = entries[at].Term;
            for (var last = -1; at < entries.Length && entries[at].Term.AsSpan().SequenceEqual(term); at++)
            {
                // A song that contains a term twice is added only once.
                if (entries[at].Song != last)
                    Post(last = entries[at].Song);
            }

            EndTerm(term);
        }
    }

    private void AddAll(IReadOnlyList<LiveSegment> segments, int[][] numbers)
    {
        var next = new int[segments.Count];
        while (Lowest(segments, next) is >= 0 and var lowest)
        {
            var term = segments[lowest].Segment.Term(next[lowest]);
            for (var source = lowest; source < segments.Count; source++)
            {
                var segment = segments[source].Segment;
                if (next[source] == segment.TermCount || (source != lowest && !segment.Term(next[source]).SequenceEqual(term)))
                    continue;
                foreach (var song in segment.Postings(next[source]++))
                {
                    if (numbers[source][song] is >= 0 and var number)
                        Post(number);
                }
            }

            EndTerm(term);
        }
    }

    // Returns the new number of each song, for each source segment; -1 for a removed song.
    private static int[][] Renumber(IReadOnlyList<LiveSegment> segments, out int[] ids, out ulong[] fingerprints)
    {
        var alive = segments.SelectMany(
            (source, index) => source.Alive().Select(song => (Id: source.Segment.Ids[song], Source: index, Song: song))).ToArray();
        Array.Sort(alive, (left, right) => left.Id.CompareTo(right.Id));
        var numbers = segments.Select(source => new int[source.Segment.Count]).ToArray();
        foreach (var source in numbers)
            Array.Fill(source, -1);
        ids = new int[alive.Length];
        fingerprints = new ulong[alive.Length];
        for (var number = 0; number < alive.Length; number++)
        {
            var (id, source, song) = alive[number];
            numbers[source][song] = number;
            ids[number] = id;
            fingerprints[number] = segments[source].Segment.Fingerprints[song];
        }

        return numbers;
    }

    private static int Lowest(IReadOnlyList<LiveSegment> segments, int[] next)
    {
        var lowest = -1;
        for (var source = 0; source < segments.Count; source++)
        {
            var segment = segments[source].Segment;
            if (next[source] < segment.TermCount
                && (lowest < 0 || segment.Term(next[source]).SequenceCompareTo(segments[lowest].Segment.Term(next[lowest])) < 0))
                lowest = source;
        }

        return lowest;
    }

    private void Post(int song)
    {
        if (_text is not null)
            _postings[_postingCount] = song;
        _postingCount++;
    }

    // A term whose songs have all been removed is omitted.
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

    private SearchSegment Build(Action<SegmentBuilder> addAll)
    {
        addAll(this);
        (_text, _textEnds, _postingEnds, _postings) = (new byte[_textLength], new int[_terms], new int[_terms], new int[_postingCount]);
        (_textLength, _terms, _postingCount, _termBegun) = (0, 0, 0, 0);
        addAll(this);
        return new SearchSegment(_ids, _fingerprints, _text, _textEnds, _postingEnds, _postings);
    }

    /// <summary>A term of a song. Entries are sorted by the bytes of the term; the first eight bytes decide most comparisons.</summary>
    private readonly struct Entry : IComparable<Entry>
    {
        private readonly ulong _start;

        public Entry(ArraySegment<byte> term, int song)
        {
            (Term, Song) = (term, song);
            Span<byte> start = stackalloc byte[8];
            start.Clear();
            term.AsSpan(0, Math.Min(8, term.Count)).CopyTo(start);
            _start = BinaryPrimitives.ReadUInt64BigEndian(start);
        }

        public ArraySegment<byte> Term { get; }

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
