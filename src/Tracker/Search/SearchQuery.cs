using System.Text;
using TspActors.Protocol.Search;

namespace TspActors.Tracker.Search;

/// <summary>A parsed query: word prefixes, all of which a song must contain (docs/protocol.md section 7).</summary>
internal sealed class SearchQuery
{
    /// <summary>The maximum length of a query in characters; the rest of the query is ignored.</summary>
    public const int MaxLength = 1024;

    /// <summary>The maximum number of words in a query; further words are ignored.</summary>
    private const int MaxWords = 16;

    // The maximum number of prefixes, including the pieces of words in scripts without spaces. Ignoring the others only widens the result.
    private const int MaxPieces = 32;

    public SearchQuery(string text)
    {
        var phrase = SearchText.Fold(text.Length > MaxLength ? text[..MaxLength] : text);
        Phrase = Encoding.UTF8.GetBytes(SearchTerms.Phrase(phrase).ToArray());
        Words = [.. SearchTerms.Words(phrase).Distinct().Take(MaxWords).SelectMany(Pieces).Distinct().Take(MaxPieces).Select(
            Encoding.UTF8.GetBytes)];
    }

    /// <summary>True if the query contains no words, so every song matches.</summary>
    public bool IsEmpty => Words.Length == 0;

    /// <summary>The word prefixes that must all occur, truncated the way the index truncates words.</summary>
    public byte[][] Words { get; }

    /// <summary>The complete query, used to find songs whose title equals it or starts with it.</summary>
    public byte[] Phrase { get; }

    private static IEnumerable<string> Pieces(string word) =>
        SearchTerms.IsSpaceless(word) && SearchTerms.Pieces(word) is var pieces && pieces.Any(SearchTerms.IsFull)
            ? pieces.Where(SearchTerms.IsFull)
            : [SearchTerms.Cut(word).ToString()];
}
