using System.Globalization;
using System.Text;

namespace TspActors.Protocol.Search;

/// <summary>Normalizes text for comparison: words in lower case, without accents, each preceded by a space.</summary>
public static class SearchText
{
    // An apostrophe does not end a word: both "dont" and "don't" find "don't", whichever apostrophe is typed.
    private const string Apostrophes = "'`\u00B4\u02B9\u02BB\u02BC\u02BD\u02C8\u2018\u2019\u201B\u2032\uA78C\uFF07";

    // The longest text for which a thread keeps its builder.
    private const int MaxReusedLength = 1024;

    [ThreadStatic]
    private static StringBuilder? reused;

    /// <summary>
    /// Returns the normalized words of <paramref name="text"/>, each preceded by a space. Text without any words, such as the band name
    /// "!!!", becomes one word made of its visible characters, without combining marks.
    /// </summary>
    public static string Fold(string text) => FoldWords(text) is { Length: > 0 } words ? words : FoldSigns(text);

    private static string FoldWords(string text)
    {
        var folded = text.Length > MaxReusedLength ? new StringBuilder(text.Length + 1) : reused ??= new StringBuilder(MaxReusedLength);
        folded.Clear();
        var inWord = false;
        var inSpaceless = false;
        for (var at = 0; at < text.Length;)
        {
            // Most letters are ASCII and need no lookup.
            if (char.IsAsciiLetterOrDigit(text[at]))
            {
                if (!inWord || inSpaceless)
                    folded.Append(' ');
                (inWord, inSpaceless) = (true, false);
                folded.Append(char.ToLowerInvariant(text[at++]));
                continue;
            }

            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
            at += length;
            var category = Rune.GetUnicodeCategory(rune);
            if (IsMark(rune, category) || IsInvisible(category) || (inWord && IsApostrophe(rune)))
                continue;
            if (!IsOfWord(rune, category) || IsApostrophe(rune))
            {
                inWord = false;
                continue;
            }

            var spaceless = category == UnicodeCategory.SpacingCombiningMark ? inSpaceless : IsSpaceless(rune);
            if (!inWord || spaceless != inSpaceless)
                folded.Append(' ');
            inWord = true;
            inSpaceless = spaceless;
            folded.AppendFolded(rune);
        }

        return folded.ToString();
    }

    /// <summary>
    /// Returns true for symbols, and for letters of scripts without spaces between words. A match may start at any of them.
    /// </summary>
    public static bool IsSpaceless(Rune rune) => rune.Value switch
    {
        < 0x0E00 => Rune.IsSymbol(rune),
        <= 0x0EFF => true, // Thai, Lao
        >= 0x1000 and <= 0x109F => true, // Myanmar
        >= 0x1780 and <= 0x17FF => true, // Khmer
        >= 0x3040 and <= 0x30FF => true, // kana
        >= 0x3400 and <= 0x9FFF => true, // ideographs
        >= 0xF900 and <= 0xFAFF => true,
        >= 0xFF66 and <= 0xFF9D => true, // half-width kana
        >= 0x20000 and <= 0x3FFFF => true,
        _ => Rune.IsSymbol(rune),
    };

    private static string FoldSigns(string text)
    {
        var signs = new StringBuilder(text.Length + 1);
        foreach (var rune in text.EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (rune != Rune.ReplacementChar && !Rune.IsWhiteSpace(rune) && !IsMark(rune, category) && !IsInvisible(category)
                && category is not UnicodeCategory.Control)
            {
                if (signs.Length == 0)
                    signs.Append(' ');
                signs.AppendFolded(rune);
            }
        }

        return signs.ToString();
    }

    private static bool IsApostrophe(Rune rune) => rune.IsBmp && Apostrophes.Contains((char)rune.Value, StringComparison.Ordinal);

    // Soft hyphens, zero-width spaces and direction marks, which users do not type.
    private static bool IsInvisible(UnicodeCategory category) => category == UnicodeCategory.Format;

    // Unicode classifies the half-width voicing marks of kana as letters.
    private static bool IsMark(Rune rune, UnicodeCategory category) =>
        category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark || rune.Value is 0xFF9E or 0xFF9F;

    private static bool IsOfWord(Rune rune, UnicodeCategory category) =>
        rune != Rune.ReplacementChar
        && (Rune.IsLetterOrDigit(rune) || category is UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber
            or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol);
}
