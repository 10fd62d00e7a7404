using System.Buffers;
using System.Globalization;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Media.Tags;

/// <summary>
/// Turns raw tag text into text that can be shown anywhere: valid, on one line, without invisible characters, and of limited length.
/// </summary>
internal static class TagText
{
    // The Windows-1252 characters from 0x80 to 0x9F. Latin-1 has control characters there, which do not occur in text.
    private const string InPlaceOfControls =
        "\u20AC\u0081\u201A\u0192\u201E\u2026\u2020\u2021\u02C6\u2030\u0160\u2039\u0152\u008D\u017D\u008F"
        + "\u0090\u2018\u2019\u201C\u201D\u2022\u2013\u2014\u02DC\u2122\u0161\u203A\u0153\u009D\u017E\u0178";

    /// <summary>Returns the cleaned text, at most <paramref name="maxBytes"/> of UTF-8; empty when nothing is left.</summary>
    public static string Clean(ReadOnlySpan<char> text, int maxBytes)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxBytes));
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            var isBreak = rune.Value is '\t' or '\n' or '\r' or '\u2028' or '\u2029' or '\u2800';
            if (!isBreak && VisibleText.IsInvisible(rune))
                continue;
            if (clean.Length == 0 && (isBreak || Rune.IsWhiteSpace(rune)))
                continue;
            bytes += isBreak ? 1 : rune.Utf8SequenceLength;
            if (bytes > maxBytes)
                break;
            // The enumeration replaces unpaired surrogates with the replacement character, which is valid.
            if (isBreak)
                clean.Append(' ');
            else
                clean.Append(rune.ToString());
        }

        return clean.ToString().TrimEnd();
    }

    /// <summary>
    /// Decodes Latin-1 as it is used in practice: as Windows-1252, with its quotation marks and euro sign. Does not guess other encodings.
    /// </summary>
    public static string DecodeLatin1(ReadOnlySpan<byte> bytes) => string.Create(bytes.Length, bytes, static (text, bytes) =>
    {
        for (var index = 0; index < bytes.Length; index++)
            text[index] = bytes[index] is >= 0x80 and <= 0x9F ? InPlaceOfControls[bytes[index] - 0x80] : (char)bytes[index];
    });

    /// <summary>
    /// Decodes text without a stated encoding: as UTF-8 if it is valid UTF-8 with letters beyond ASCII, which Latin-1 text practically
    /// never is, and as Latin-1 otherwise.
    /// </summary>
    /// <param name="bytes">The text.</param>
    /// <param name="isCut">True if the text fills its field, so its last character may be incomplete.</param>
    public static string DecodeUnlabelled(ReadOnlySpan<byte> bytes, bool isCut)
    {
        var whole = 0;
        var isAscii = true;
        while (whole < bytes.Length)
        {
            var status = Rune.DecodeFromUtf8(bytes[whole..], out var rune, out var length);
            if (status == OperationStatus.NeedMoreData && isCut && !isAscii)
                break;
            if (status != OperationStatus.Done)
                return DecodeLatin1(bytes);
            isAscii &= rune.IsAscii;
            whole += length;
        }

        return isAscii ? DecodeLatin1(bytes) : Encoding.UTF8.GetString(bytes[..whole]);
    }

    /// <summary>Splits text at each NUL and returns the values: cleaned, non-empty and distinct.</summary>
    public static IEnumerable<string> Values(string text, int maxBytes) =>
        text.Split('\0')
            .Select(value => Clean(value, maxBytes))
            .Where(value => value.Length > 0)
            .Distinct(StringComparer.OrdinalIgnoreCase);

    /// <summary>Returns the number at the start of some text, such as 3 for "3/12"; 0 when there is none.</summary>
    public static uint LeadingNumber(ReadOnlySpan<char> text)
    {
        text = text.Trim(" \0\uFEFF");
        var digits = text.IndexOfAnyExceptInRange('0', '9');
        return uint.TryParse(
            digits < 0 ? text : text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
    }

    /// <summary>Returns the year at the start of a date such as "2001-05-17"; 0 when it does not start with four digits.</summary>
    public static uint Year(ReadOnlySpan<char> date)
    {
        date = date.Trim(" \0\uFEFF");
        return date.Length >= 4 && !date[..4].ContainsAnyExceptInRange('0', '9') ? uint.Parse(date[..4], CultureInfo.InvariantCulture) : 0;
    }
}
