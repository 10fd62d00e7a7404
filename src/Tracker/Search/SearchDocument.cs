using System.Buffers.Binary;
using System.Text;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Tracker.Search;

/// <summary>The terms under which a song is found, each prefixed with its class.</summary>
/// <remarks>
/// All terms are in one array, because a tracker creates a document for each song that is shared, and an array for each term would keep the
/// garbage collector busy.
/// </remarks>
internal sealed class SearchDocument
{
    /// <summary>The class of an entire title.</summary>
    public const byte Title = 1;

    /// <summary>The class of a title word.</summary>
    public const byte TitleWord = 2;

    /// <summary>The class of an artist or album word.</summary>
    public const byte OtherWord = 3;

    /// <summary>The maximum number of terms per song: one song must not cost the index as much as hundreds of others.</summary>
    private const int MaxTerms = 64;

    public static readonly SearchDocument Empty = new([], 0);

    private const int LengthBytes = sizeof(ushort);

    [ThreadStatic]
    private static Writer? writer;

    // Each term is preceded by its length, which is at most 241: an entire title of 80 characters.
    private readonly byte[] _terms;

    private SearchDocument(byte[] terms, int count)
    {
        (_terms, Count) = (terms, count);
        Fingerprint = FingerprintOf(Terms);
    }

    /// <summary>
    /// The distinct terms: first the entire title, and then the words of the title, the artist and the album, in that order.
    /// </summary>
    public TermList Terms => new(_terms);

    /// <summary>The number of terms.</summary>
    public int Count { get; }

    /// <summary>Equal for equal terms, and almost never equal for different ones.</summary>
    public ulong Fingerprint { get; }

    public static SearchDocument From(SongTags tags)
    {
        var terms = writer ??= new Writer();
        var title = SearchText.Fold(tags.Title);
        terms.Begin();
        terms.Add(Title, SearchTerms.Phrase(title), MaxTerms);
        AddWords(terms, TitleWord, title, MaxTerms / 2);
        AddWords(terms, OtherWord, SearchText.Fold(tags.Artist), MaxTerms * 3 / 4);
        AddWords(terms, OtherWord, SearchText.Fold(tags.Album), MaxTerms);
        return terms.End();
    }

    /// <summary>Creates the document from an encoded <see cref="Song"/> message.</summary>
    public static SearchDocument From(byte[] facts) => From(Song.Parser.ParseFrom(facts).Tags ?? new SongTags());

    // The limit leaves room for the fields that follow: a title of a thousand characters must not displace the artist.
    private static void AddWords(Writer terms, byte termClass, string folded, int max)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            var word = folded.AsSpan(range);
            if (word.IsEmpty)
                continue;
            if (!SearchTerms.IsSpaceless(word))
            {
                terms.Add(termClass, SearchTerms.Cut(word), max);
                continue;
            }

            foreach (var piece in SearchTerms.Pieces(word.ToString()))
                terms.Add(termClass, piece, max);
        }
    }

    // FNV-1a, 64 bits. A peer that forces a collision gains nothing: the collision only hides a change to the peer's own tags.
    private static ulong FingerprintOf(TermList terms)
    {
        var hash = 14695981039346656037UL;
        foreach (var term in terms)
        {
            foreach (var letter in term)
                hash = (hash ^ letter) * 1099511628211UL;
            hash = (hash ^ 0xFF) * 1099511628211UL;
        }

        return hash;
    }

    /// <summary>The terms of a document, to be enumerated with foreach.</summary>
    public readonly ref struct TermList(byte[] terms)
    {
        public Enumerator GetEnumerator() => new(terms);
    }

    /// <summary>Enumerates the terms of a document.</summary>
    public ref struct Enumerator(byte[] terms)
    {
        private int _next;
        private ArraySegment<byte> _current;

        /// <summary>The current term, as a slice of the document's array.</summary>
        public readonly ArraySegment<byte> Current => _current;

        public bool MoveNext()
        {
            if (_next == terms.Length)
                return false;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(terms.AsSpan(_next));
            _current = new ArraySegment<byte>(terms, _next + LengthBytes, length);
            _next += LengthBytes + length;
            return true;
        }
    }

    // Collects the terms of one document. Each thread reuses its writer.
    private sealed class Writer
    {
        private byte[] _bytes = new byte[1024];
        private int _length;
        private int _count;

        public void Begin() => (_length, _count) = (0, 0);

        public void Add(byte termClass, ReadOnlySpan<char> text, int max)
        {
            if (_count >= max)
                return;
            var most = _length + LengthBytes + 1 + Encoding.UTF8.GetMaxByteCount(text.Length);
            if (most > _bytes.Length)
                Array.Resize(ref _bytes, Math.Max(most, 2 * _bytes.Length));
            var term = _bytes.AsSpan(_length + LengthBytes);
            term[0] = termClass;
            term = term[..(1 + Encoding.UTF8.GetBytes(text, term[1..]))];
            if (Contains(term))
                return;
            BinaryPrimitives.WriteUInt16LittleEndian(_bytes.AsSpan(_length), (ushort)term.Length);
            _length += LengthBytes + term.Length;
            _count++;
        }

        public SearchDocument End() => new(_bytes.AsSpan(0, _length).ToArray(), _count);

        private bool Contains(ReadOnlySpan<byte> term)
        {
            for (var at = 0; at < _length;)
            {
                var known = _bytes.AsSpan(at + LengthBytes, BinaryPrimitives.ReadUInt16LittleEndian(_bytes.AsSpan(at)));
                if (known.SequenceEqual(term))
                    return true;
                at += LengthBytes + known.Length;
            }

            return false;
        }
    }
}
