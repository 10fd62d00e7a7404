using System.Globalization;
using System.Text;

namespace TspActors.Configuration;

/// <summary>Makes foreign text (values, paths, variable names) fit for a message: on one line, and not too long.</summary>
internal static class DisplayText
{
    private const int LongestShown = 80;

    /// <summary>Returns the text with control characters and invisible marks written as \uXXXX.</summary>
    public static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        for (int at = 0; at < text.Length; at++)
        {
            if (IsUnseen(text, at))
                escaped.Append("\\u").Append(((int)text[at]).ToString("x4", CultureInfo.InvariantCulture));
            else
                escaped.Append(text[at]);
        }

        return escaped.ToString();
    }

    // Both halves of a character beyond U+FFFF have its category.
    private static bool IsUnseen(string text, int at)
    {
        if (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1]))
            at--;
        return CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }

    /// <summary>Returns the value in quotes, and cut if it is long.</summary>
    public static string Quote(string value) =>
        value.Length <= LongestShown ? $"\"{Escape(value)}\"" : $"\"{Escape(value[..LongestShown])}…\"";
}
