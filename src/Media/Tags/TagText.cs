using System.Globalization;
using System.Text;

namespace TspActors.Media;

/// <summary>Turns what stands in a tag into a text that can be shown anywhere: valid, one line, without control characters, of bounded length.</summary>
internal static class TagText
{
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>The cleaned text, at most <paramref name="maxCharacters"/> long; empty when nothing is left.</summary>
    public static string Clean(ReadOnlySpan<char> text, int maxCharacters)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxCharacters));
        foreach (var rune in text.EnumerateRunes())
        {
            var isBreak = rune.Value is '\t' or '\n' or '\r' or '\u2028' or '\u2029';
            if (Rune.IsControl(rune) && !isBreak || rune.Value == ByteOrderMark)
                continue;
            if (clean.Length == 0 && (isBreak || Rune.IsWhiteSpace(rune)))
                continue;
            if (clean.Length + rune.Utf16SequenceLength > maxCharacters)
                break;
            // Unpaired surrogates come out of the enumeration as the replacement character, which is valid.
            if (isBreak)
                clean.Append(' ');
            else
                clean.Append(rune.ToString());
        }
        return clean.ToString().TrimEnd();
    }

    /// <summary>The values of a text that holds several, separated by NUL; cleaned, without empty ones and repetitions.</summary>
    public static IEnumerable<string> Values(string text, int maxCharacters) =>
        text.Split('\0')
            .Select(value => Clean(value, maxCharacters))
            .Where(value => value.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>The number at the start of a text: 3 of "3/12"; 0 when there is none.</summary>
    public static uint LeadingNumber(ReadOnlySpan<char> text)
    {
        text = text.Trim(" \0\uFEFF");
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        return uint.TryParse(digits < 0 ? text : text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>The year a date begins with ("2001-05-17"); 0 when it does not begin with four digits.</summary>
    public static uint Year(ReadOnlySpan<char> date)
    {
        date = date.Trim(" \0\uFEFF");
        return date.Length >= 4 && !date[..4].ContainsAnyExceptInRange('0', '9') ? uint.Parse(date[..4], CultureInfo.InvariantCulture) : 0;
    }
}
