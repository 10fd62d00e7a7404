using System.Text;
using TspActors.Protocol.Search;

namespace TspActors.Tracker.Search;

/// <summary>Splits text into index terms, and queries into prefixes of such terms.</summary>
/// <remarks>
/// A term is a class byte followed by UTF-8. Each word is a term, and so is the entire title. In scripts without spaces, where a match may
/// start anywhere, every sequence of three characters (a piece) is a term, and so are a word's last two characters and its last character.
/// Every query is therefore a prefix of a piece, or can be split into pieces.
/// </remarks>
internal static class SearchTerms
{
    /// <summary>The length of a piece, in characters, in scripts without spaces.</summary>
    private const int PieceLength = 3;

    /// <summary>The maximum length of a word, in the index and in queries.</summary>
    private const int MaxWordLength = 40;

    /// <summary>The maximum length of a title when it is compared as a whole.</summary>
    private const int MaxPhraseLength = 80;

    public static IEnumerable<string> Words(string folded) => folded.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>Returns a folded string, truncated to the maximum length of a title.</summary>
    public static ReadOnlySpan<char> Phrase(string folded) => folded.AsSpan(0, Math.Min(folded.Length, MaxPhraseLength));

    public static bool IsSpaceless(ReadOnlySpan<char> word)
    {
        Rune.DecodeFromUtf16(word, out var first, out _);
        return SearchText.IsSpaceless(first);
    }

    public static ReadOnlySpan<char> Cut(ReadOnlySpan<char> word) => word.Length > MaxWordLength ? word[..MaxWordLength] : word;

    public static bool IsFull(string piece) => piece.EnumerateRunes().Count() == PieceLength;

    /// <summary>Returns every sequence of three characters in a word, and the shorter sequences at its end.</summary>
    public static IReadOnlyList<string> Pieces(string word)
    {
        var starts = new List<int>();
        for (var at = 0; at < word.Length; at += char.IsSurrogatePair(word, at) ? 2 : 1)
            starts.Add(at);
        starts.Add(word.Length);
        return [.. Enumerable.Range(0, starts.Count - 1).Select(n => word[starts[n]..starts[Math.Min(n + PieceLength, starts.Count - 1)]])];
    }
}
