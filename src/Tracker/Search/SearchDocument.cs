using System.Text;
using TspActors.Protocol;
using TspActors.Protocol.Search;

namespace TspActors.Tracker.Search;

/// <summary>The terms under which a song is found, each prefixed with its class.</summary>
/// <param name="Terms">The distinct terms: first the entire title, and then the words of the title, the artist and the album, in that
///   order.</param>
/// <param name="Fingerprint">Equal for equal terms, and almost never equal for different ones.</param>
internal sealed record SearchDocument(byte[][] Terms, ulong Fingerprint)
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

    public static SearchDocument From(SongTags tags)
    {
        var title = SearchText.Fold(tags.Title);
        var terms = new List<byte[]>(16) { ([Title, .. SearchTerms.Phrase(title)]) };
        AddWords(terms, TitleWord, title, MaxTerms / 2);
        AddWords(terms, OtherWord, SearchText.Fold(tags.Artist), MaxTerms * 3 / 4);
        AddWords(terms, OtherWord, SearchText.Fold(tags.Album), MaxTerms);
        return new SearchDocument([.. terms], FingerprintOf(terms));
    }

    /// <summary>Creates the document from an encoded <see cref="Song"/> message.</summary>
    public static SearchDocument From(byte[] facts) => From(Song.Parser.ParseFrom(facts).Tags ?? new SongTags());

    // The limit leaves room for the fields that follow: a title of a thousand characters must not displace the artist.
    private static void AddWords(List<byte[]> terms, byte termClass, string folded, int max)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            var word = folded.AsSpan(range);
            if (word.IsEmpty)
                continue;
            if (!SearchTerms.IsSpaceless(word))
            {
                Add(terms, Term(termClass, SearchTerms.Cut(word)), max);
                continue;
            }

            foreach (var piece in SearchTerms.Pieces(word.ToString()))
                Add(terms, Term(termClass, piece), max);
        }
    }

    private static void Add(List<byte[]> terms, byte[] term, int max)
    {
        if (terms.Count < max && !terms.Exists(known => known.AsSpan().SequenceEqual(term)))
            terms.Add(term);
    }

    private static byte[] Term(byte termClass, ReadOnlySpan<char> text)
    {
        var term = new byte[1 + Encoding.UTF8.GetByteCount(text)];
        term[0] = termClass;
        Encoding.UTF8.GetBytes(text, term.AsSpan(1));
        return term;
    }

    // FNV-1a, 64 bits. A peer that forces a collision gains nothing: the collision only hides a change to the peer's own tags.
    private static ulong FingerprintOf(List<byte[]> terms)
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
}
