using System.Text;

namespace TspActors.Tracker.Search;

/// <summary>A query as the terms of which a song must have one each (docs/protocol.md section 7).</summary>
internal sealed class SearchQuery
{
    /// <summary>Characters of a query after which the rest is ignored.</summary>
    public const int MaxLength = 1024;

    /// <summary>Words of a query after which the rest is ignored.</summary>
    private const int MaxWords = 16;

    // Of a text without spaces, which is looked up by its pieces: hits only get wider without the others.
    private const int MaxPieces = 32;

    public SearchQuery(string text)
    {
        var phrase = SearchText.Fold(text.Length > MaxLength ? text[..MaxLength] : text);
        Phrase = SearchTerms.Phrase(phrase);
        Words = [.. SearchTerms.Words(phrase).Distinct().Take(MaxWords).SelectMany(Pieces).Distinct().Take(MaxPieces).Select(Encoding.UTF8.GetBytes)];
    }

    /// <summary>True where there is no word in it: every song fits.</summary>
    public bool IsEmpty => Words.Length == 0;

    /// <summary>The beginnings of words that must all occur; cut as the index cuts them.</summary>
    public byte[][] Words { get; }

    /// <summary>The whole query, to tell the song whose title it is or begins with it.</summary>
    public byte[] Phrase { get; }

    private static IEnumerable<string> Pieces(string word) =>
        SearchTerms.IsSpaceless(word) && SearchTerms.Pieces(word) is var pieces && pieces.Any(SearchTerms.IsFull)
            ? pieces.Where(SearchTerms.IsFull)
            : [SearchTerms.Cut(word).ToString()];
}
