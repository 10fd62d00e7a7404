using System.Text;

namespace TspActors.Tracker.Search;

/// <summary>How texts become terms of the index, and queries the beginnings of such terms.</summary>
/// <remarks>
/// A term is a class and UTF-8 bytes. A word is a term. In scripts without spaces, where any place may be the start of what is looked for, every three
/// letters in a row are one (and what is left at the end): what is looked for begins such a piece, or consists of such pieces.
/// </remarks>
internal static class SearchTerms
{
    /// <summary>Letters of a piece in scripts without spaces.</summary>
    private const int PieceLength = 3;

    /// <summary>Letters of a word that count; in a word, and in the query alike.</summary>
    private const int MaxWordLength = 40;

    /// <summary>Letters of a title that count when it is compared as a whole.</summary>
    private const int MaxPhraseLength = 80;

    public static IEnumerable<string> Words(string folded) => folded.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>The whole of a folded text, as a term.</summary>
    public static byte[] Phrase(string folded) => Encoding.UTF8.GetBytes(folded.Length > MaxPhraseLength ? folded[..MaxPhraseLength] : folded);

    public static bool IsSpaceless(ReadOnlySpan<char> word)
    {
        Rune.DecodeFromUtf16(word, out var first, out _);
        return SearchText.IsSpaceless(first);
    }

    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> word) => word.Length > MaxWordLength ? word[..MaxWordLength] : word;

    public static bool IsFull(string piece) => piece.EnumerateRunes().Count() == PieceLength;

    /// <summary>Every three letters in a row, and the shorter ones at the end.</summary>
    public static IReadOnlyList<string> Pieces(string word)
    {
        var starts = new List<int>();
        for (var at = 0; at < word.Length; at += char.IsSurrogatePair(word, at) ? 2 : 1)
            starts.Add(at);
        starts.Add(word.Length);
        return [.. Enumerable.Range(0, starts.Count - 1).Select(n => word[starts[n]..starts[Math.Min(n + PieceLength, starts.Count - 1)]])];
    }
}
