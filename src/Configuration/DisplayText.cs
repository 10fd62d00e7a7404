using System.Globalization;
using System.Text;

namespace TspActors.Configuration;

/// <summary>Formats untrusted text (values, paths, variable names) for a message: on one line and not too long.</summary>
internal static class DisplayText
{
    private const int MaxShownLength = 80;

    /// <summary>Returns the text with control characters written as \uXXXX.</summary>
    public static string Escape(string text)
    {
        if (!text.Any(char.IsControl))
            return text;
        var escaped = new StringBuilder(text.Length + 16);
        foreach (char c in text)
        {
            if (char.IsControl(c))
                escaped.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                escaped.Append(c);
        }

        return escaped.ToString();
    }

    /// <summary>Returns the value in quotes, truncated if it is long.</summary>
    public static string Quote(string value) =>
        value.Length <= MaxShownLength ? $"\"{Escape(value)}\"" : $"\"{Escape(value[..MaxShownLength])}…\"";
}
