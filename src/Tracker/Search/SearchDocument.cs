using System.Text;
using TspActors.Protocol;

namespace TspActors.Tracker.Search;

/// <summary>What a song is found by: its terms, each with its class before it.</summary>
/// <param name="Terms">In the order of the text; a word may stand there twice.</param>
/// <param name="Fingerprint">The same for the same terms, and for hardly any others.</param>
internal sealed record SearchDocument(byte[][] Terms, ulong Fingerprint)
{
    /// <summary>The class of a whole title.</summary>
    public const byte Title = 1;

    /// <summary>The class of a word of the title.</summary>
    public const byte TitleWord = 2;

    /// <summary>The class of a word of the artist or the album.</summary>
    public const byte OtherWord = 3;

    public static readonly SearchDocument Empty = new([], 0);

    public static SearchDocument Of(SongTags tags)
    {
        var title = SearchText.Fold(tags.Title);
        var terms = new List<byte[]>(16) { ([Title, .. SearchTerms.Phrase(title)]) };
        AddWords(terms, TitleWord, title);
        AddWords(terms, OtherWord, SearchText.Fold(tags.Artist));
        AddWords(terms, OtherWord, SearchText.Fold(tags.Album));
        return new SearchDocument([.. terms], FingerprintOf(terms));
    }

    /// <summary>The same, from a song as a protobuf <see cref="Song"/>.</summary>
    public static SearchDocument Of(byte[] facts) => Of(Song.Parser.ParseFrom(facts).Tags ?? new SongTags());

    private static void AddWords(List<byte[]> terms, byte of, string folded)
    {
        foreach (var range in folded.AsSpan().Split(' '))
        {
            var word = folded.AsSpan(range);
            if (word.IsEmpty)
                continue;
            if (!SearchTerms.IsSpaceless(word))
            {
                terms.Add(Term(of, SearchTerms.Cut(word)));
                continue;
            }

            foreach (var piece in SearchTerms.Pieces(word.ToString()))
                terms.Add(Term(of, piece));
        }
    }

    private static byte[] Term(byte of, ReadOnlySpan<char> text)
    {
        var term = new byte[1 + Encoding.UTF8.GetByteCount(text)];
        term[0] = of;
        Encoding.UTF8.GetBytes(text, term.AsSpan(1));
        return term;
    }

    // FNV-1a, 64 bits: nobody gains by making two songs collide, it would only hide a change of his own tags.
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
