namespace TspActors.Tracker.Search;

/// <summary>An immutable segment of the index: songs, their sorted terms, and for each term the songs that contain it.</summary>
/// <remarks>
/// Terms with a common prefix are adjacent, and so are their songs: the songs of any prefix form one run of <c>_postings</c>. For long
/// runs, a bit set is precomputed, so a query never has to walk more than a small fraction of the postings.
/// </remarks>
internal sealed class SearchSegment
{
    /// <summary>
    /// In a large segment, a bit set is built for each prefix that has more postings than the number of songs divided by this number.
    /// </summary>
    public const int DenseShare = 32;

    private readonly byte[] _text;
    private readonly int[] _textEnds;
    private readonly int[] _postingEnds;
    private readonly int[] _postings;
    private readonly Dictionary<(int From, int To), ulong[]> _dense;

    public SearchSegment(int[] ids, ulong[] fingerprints, byte[] text, int[] textEnds, int[] postingEnds, int[] postings)
    {
        (Ids, Fingerprints) = (ids, fingerprints);
        (_text, _textEnds, _postingEnds, _postings) = (text, textEnds, postingEnds, postings);
        _dense = DensePrefixes.Find(this);
    }

    /// <summary>The ids of the songs, in ascending order. A song's index in this array is its number in the segment.</summary>
    public int[] Ids { get; }

    /// <summary>The fingerprint of each song's terms, by the song's number.</summary>
    public ulong[] Fingerprints { get; }

    public int Count => Ids.Length;

    public int TermCount => _textEnds.Length;

    /// <summary>The number of 64-bit words in a bit set over the segment's songs.</summary>
    public int BitWords => (Ids.Length + 63) / 64;

    public ReadOnlySpan<byte> Term(int index) => _text.AsSpan(StartOf(_textEnds, index).._textEnds[index]);

    /// <summary>Returns the songs that contain one term.</summary>
    public ReadOnlySpan<int> Postings(int term) => Postings(new TermRange(term, term + 1));

    /// <summary>Returns the songs that contain any term in a range. A song that contains two of them occurs twice.</summary>
    public ReadOnlySpan<int> Postings(TermRange range) =>
        _postings.AsSpan(StartOf(_postingEnds, range.From)..StartOf(_postingEnds, range.To));

    /// <summary>Returns the range of terms that start with a prefix.</summary>
    public TermRange Prefix(byte termClass, ReadOnlySpan<byte> text)
    {
        var from = Bound(termClass, text, afterPrefix: false);
        return new TermRange(from, from == TermCount ? from : Bound(termClass, text, afterPrefix: true));
    }

    /// <summary>Returns the range that contains only the exact term; an empty range if the term does not occur.</summary>
    public TermRange Exact(byte termClass, ReadOnlySpan<byte> text)
    {
        var from = Bound(termClass, text, afterPrefix: false);
        return from < TermCount && Term(from).Length == text.Length + 1 && StartsWith(from, termClass, text)
            ? new TermRange(from, from + 1)
            : new TermRange(from, from);
    }

    /// <summary>Adds to a set the songs that contain any term in a range.</summary>
    public void AddTo(Span<ulong> set, TermRange range)
    {
        if (_dense.TryGetValue((range.From, range.To), out var dense))
        {
            for (var word = 0; word < dense.Length; word++)
                set[word] |= dense[word];
            return;
        }

        foreach (var song in Postings(range))
            set[song >> 6] |= 1UL << (song & 63);
    }

    /// <summary>Returns a song's number in this segment; negative if the segment does not contain the song.</summary>
    public int NumberOf(int id) => Array.BinarySearch(Ids, id);

    private int Bound(byte termClass, ReadOnlySpan<byte> text, bool afterPrefix)
    {
        var (low, high) = (0, TermCount);
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (IsBefore(middle, termClass, text, afterPrefix))
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    private bool IsBefore(int index, byte termClass, ReadOnlySpan<byte> text, bool orHasPrefix)
    {
        var term = Term(index);
        if (term[0] != termClass)
            return term[0] < termClass;
        term = term[1..];
        var order = (term.Length > text.Length ? term[..text.Length] : term).SequenceCompareTo(text);
        return order < 0 || (order == 0 && orHasPrefix);
    }

    private bool StartsWith(int index, byte termClass, ReadOnlySpan<byte> text) =>
        Term(index) is var term && term[0] == termClass && term[1..].StartsWith(text);

    private static int StartOf(int[] ends, int index) => index == 0 ? 0 : ends[index - 1];
}

/// <summary>A range of adjacent terms in a segment.</summary>
internal readonly record struct TermRange(int From, int To)
{
    public bool IsEmpty => From == To;
}
