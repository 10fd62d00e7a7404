using System.Globalization;
using System.Text;

namespace TspActors.Configuration;

/// <summary>Keeps foreign text (values, paths, variable names) on one line and within bounds, so that a message stays readable.</summary>
internal static class OneLine
{
    private const int LongestShown = 80;

    /// <summary>The text with control characters written as \uXXXX.</summary>
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

    /// <summary>A value in quotes, shortened where it is long.</summary>
    public static string Quote(string value) =>
        value.Length <= LongestShown ? $"\"{Escape(value)}\"" : $"\"{Escape(value[..LongestShown])}…\"";
}
