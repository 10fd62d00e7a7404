using System.Text;

namespace TspActors.Gateway.Media;

/// <summary>The header that names a downloaded file (RFC 6266).</summary>
internal static class ContentDisposition
{
    private const int MaxLength = 200;

    /// <summary>Returns the header for a file with this name. The name may contain anything.</summary>
    public static string Attachment(string name)
    {
        var clean = new StringBuilder();
        foreach (var rune in name.EnumerateRunes())
        {
            if (clean.Length >= MaxLength)
                break;
            clean.Append(Rune.IsControl(rune) || rune.Value is '/' or '\\' or '"' or ':' or '*' or '?' or '<' or '>' or '|' ? "_" : rune.ToString());
        }

        if (name.EndsWith(".mp3", StringComparison.Ordinal) && !clean.ToString().EndsWith(".mp3", StringComparison.Ordinal))
            clean.Append(".mp3");
        var text = clean.ToString();
        var ascii = string.Concat(text.Select(letter => letter is >= ' ' and < '\x7F' and not '%' ? letter : '_'));
        return $"attachment; filename=\"{ascii}\"; filename*=UTF-8''{Uri.EscapeDataString(text)}";
    }
}
