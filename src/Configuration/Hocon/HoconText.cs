using System.Globalization;
using System.Text;

namespace TspActors.Configuration.Hocon;

/// <summary>Writes keys and values as HOCON that reads back as exactly the same text.</summary>
internal static class HoconText
{
    /// <summary>
    /// Returns the segments as one dotted key. A segment that is not plain is quoted, so that different paths never produce the same key.
    /// </summary>
    public static string Key(IEnumerable<string> segments) => string.Join('.', segments.Select(Segment));

    /// <summary>Returns one segment of a key, in quotes only if it needs them.</summary>
    public static string Segment(string segment) =>
        segment.Length > 0 && segment.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? segment : Quote(segment);

    /// <summary>Returns a value, in quotes only if it needs them.</summary>
    public static string Value(string value) => IsPlain(value) ? value : Quote(value);

    /// <summary>Returns a list on one line.</summary>
    public static string List(IEnumerable<string> values) => $"[{string.Join(", ", values.Select(Quote))}]";

    /// <summary>Returns a value in double quotes.</summary>
    public static string Quote(string value)
    {
        var quoted = new StringBuilder(value.Length + 2).Append('"');
        foreach (char c in value)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029')
                quoted.Append("\\u").Append(((int)c).ToString("x4", CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }

        return quoted.Append('"').ToString();
    }

    private static bool IsPlain(string value) =>
        value.Length > 0 && value != "null" && char.IsAsciiLetterOrDigit(value[0])
        && value.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.');
}
