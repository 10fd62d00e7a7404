using System.Text;

namespace TspActors.Tracker.Catalog;

/// <summary>A query in the form in which songs are compared with it.</summary>
internal readonly struct SearchQuery
{
    /// <summary>Characters of a query after which the rest is ignored.</summary>
    private const int MaxLength = 1024;

    /// <summary>Words of a query after which the rest is ignored.</summary>
    private const int MaxWords = 16;

    public SearchQuery(string text)
    {
        Phrase = SearchText.Fold(text.Length > MaxLength ? text[..MaxLength] : text);
        Words = Phrase.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct().Take(MaxWords).Select(Pattern).ToArray();
    }

    /// <summary>What must all occur; empty where the query has no word, and every song fits.</summary>
    public string[] Words { get; }

    /// <summary>The whole query, to tell the song whose title it is.</summary>
    public string Phrase { get; }

    // A space before it: it is found at the start of a word only.
    private static string Pattern(string word) => SearchText.IsSpaceless(Rune.GetRuneAt(word, 0)) ? word : " " + word;
}
