using System.Text;

namespace TspActors.Peer.Live.Sources;

/// <summary>
/// The values in a request's query. They are decoded as Latin-1 if the query specifies that charset; otherwise as UTF-8, or as Latin-1
/// if they are not valid UTF-8, because Icecast's default for MP3 is Latin-1.
/// </summary>
internal sealed class SourceQuery
{
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);
    private readonly Dictionary<string, byte[]> _values = new(StringComparer.Ordinal);

    /// <param name="query">The query; each byte is one character.</param>
    public SourceQuery(string query)
    {
        foreach (var pair in query.Split('&'))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0)
                _values.TryAdd(Encoding.Latin1.GetString(Unescape(pair[..equals])), Unescape(pair[(equals + 1)..]));
        }
    }

    /// <summary>The title that the query sets: song, or artist and title; null if there is none.</summary>
    public string? Title
    {
        get
        {
            if (Value("song") is { } song)
                return song.Trim();
            var (artist, title) = (Value("artist")?.Trim() ?? "", Value("title")?.Trim());
            return title is null ? null : artist.Length == 0 ? title : title.Length == 0 ? artist : $"{artist} - {title}";
        }
    }

    /// <summary>Returns a value as text; null if there is none.</summary>
    public string? Value(string name)
    {
        if (!_values.TryGetValue(name, out var bytes))
            return null;
        try
        {
            return IsLatin ? Encoding.Latin1.GetString(bytes) : Strict.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    private bool IsLatin => _values.TryGetValue("charset", out var charset)
        && Encoding.Latin1.GetString(charset).ToUpperInvariant() is "ISO-8859-1" or "ISO8859-1" or "LATIN1" or "LATIN-1";

    private static byte[] Unescape(string text)
    {
        var bytes = new List<byte>(text.Length);
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '%' && at + 2 < text.Length && char.IsAsciiHexDigit(text[at + 1]) && char.IsAsciiHexDigit(text[at + 2]))
            {
                bytes.Add(Convert.FromHexString(text.AsSpan(at + 1, 2))[0]);
                at += 2;
            }
            else
            {
                bytes.Add(text[at] == '+' ? (byte)' ' : (byte)text[at]);
            }
        }

        return [.. bytes];
    }
}
