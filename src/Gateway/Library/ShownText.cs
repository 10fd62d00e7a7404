using System.Text;
using TspActors.Protocol.Search;

namespace TspActors.Gateway.Library;

/// <summary>
/// Prepares untrusted text, such as tags, for display: removes characters that break documents or layouts, and limits the length.
/// </summary>
internal static class ShownText
{
    /// <summary>The maximum length of the text, in UTF-16 code units.</summary>
    public const int MaxLength = 512;

    private static readonly string[] Articles = ["the ", "el ", "la ", "los ", "las ", "le ", "les "];

    /// <summary>
    /// Returns the text without control characters, bidirectional controls, characters that XML forbids and lone surrogates, truncated to
    /// <see cref="MaxLength"/>. Returns the same string if nothing has to change.
    /// </summary>
    public static string Clean(string text) => Clean(text, MaxLength);

    /// <summary>Like <see cref="Clean(string)"/>, but truncates the text to a given length.</summary>
    /// <param name="text">The text.</param>
    /// <param name="maxLength">The maximum length, in UTF-16 code units.</param>
    public static string Clean(string text, int maxLength)
    {
        if (text.Length <= maxLength && !NeedsCleaning(text))
            return text;
        var clean = new StringBuilder();
        foreach (var rune in text.EnumerateRunes())
        {
            if (clean.Length >= maxLength - 1)
                break;
            if (rune.Value is '\t' or '\n' or '\r')
                clean.Append(' ');
            else if (!IsForbidden(rune.Value) && rune != Rune.ReplacementChar)
                clean.Append(rune);
        }

        return clean.ToString().Trim();
    }

    /// <summary>Returns the name by which to sort: folded, without a leading article.</summary>
    public static string SortName(string name)
    {
        var folded = SearchText.Fold(name).TrimStart();
        foreach (var article in Articles)
        {
            if (folded.Length > article.Length && folded.StartsWith(article, StringComparison.Ordinal))
                return folded[article.Length..];
        }

        return folded;
    }

    /// <summary>Returns the heading under which a sort name is listed: its first letter in upper case, or #.</summary>
    public static string Heading(string sortName)
    {
        if (sortName.Length == 0)
            return "#";
        Rune.DecodeFromUtf16(sortName, out var first, out _);
        return Rune.IsLetter(first) ? Rune.ToUpperInvariant(first).ToString() : "#";
    }

    private static bool NeedsCleaning(string text)
    {
        if (text.Length > 0 && (char.IsWhiteSpace(text[0]) || char.IsWhiteSpace(text[^1])))
            return true;
        foreach (var letter in text)
        {
            if (IsForbidden(letter) || char.IsSurrogate(letter) || letter == '\uFFFD')
                return true;
        }

        return false;
    }

    private static bool IsForbidden(int letter) => letter
        is < 0x20 or (>= 0x7F and < 0xA0)
        or (>= 0x200E and <= 0x200F) or (>= 0x2028 and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x061C
        or 0xFFFE or 0xFFFF or 0xFEFF;
}
