using System.Globalization;
using System.Text;

namespace TspActors.Configuration;

/// <summary>Formats untrusted text (values, paths, variable names) for a message: on one line and not too long.</summary>
internal static class DisplayText
{
    private const int MaxShownLength = 80;

    /// <summary>Returns the text with control characters, invisible format characters and line separators written as \uXXXX.</summary>
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

    // Each half of a surrogate pair is classified by the character that the pair encodes.
    private static bool IsUnseen(string text, int at)
    {
        if (char.IsLowSurrogate(text[at]) && at > 0 && char.IsHighSurrogate(text[at - 1]))
            at--;
        return CharUnicodeInfo.GetUnicodeCategory(text, at) is UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
    }

    /// <summary>Returns the value in quotes, truncated if it is long.</summary>
    public static string Quote(string value) =>
        value.Length <= MaxShownLength ? $"\"{Escape(value)}\"" : $"\"{Escape(value[..MaxShownLength])}…\"";
}
