using System.Globalization;
using System.Text;

namespace TspActors.Gateway.Media;

/// <summary>Writes playlists in M3U or PLS format, entry by entry, so that a long list is never held in memory.</summary>
internal sealed class PlaylistText(bool isPls)
{
    private int _count;

    /// <summary>Writes the header.</summary>
    public void Begin(StringBuilder text, string name)
    {
        ArgumentNullException.ThrowIfNull(text);
        text.Append(isPls ? "[playlist]\n" : $"#EXTM3U\n#PLAYLIST:{Clean(name)}\n");
    }

    /// <summary>Writes one entry.</summary>
    public void Add(StringBuilder text, string artist, string title, long durationMs, string url)
    {
        ArgumentNullException.ThrowIfNull(text);
        _count++;
        var seconds = durationMs > 0 ? (durationMs + 500) / 1000 : -1;
        var shown = artist.Length == 0 ? Clean(title) : Clean($"{Clean(artist)} - {Clean(title)}");
        text.Append(isPls
            ? string.Create(CultureInfo.InvariantCulture, $"File{_count}={url}\nTitle{_count}={shown}\nLength{_count}={seconds}\n")
            : string.Create(CultureInfo.InvariantCulture, $"#EXTINF:{seconds},{shown}\n{url}\n"));
    }

    /// <summary>Writes the footer.</summary>
    public void End(StringBuilder text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (isPls)
            text.Append(CultureInfo.InvariantCulture, $"NumberOfEntries={_count}\nVersion=2\n");
    }

    /// <summary>
    /// Returns the text as one line that does not begin with #. Tags are not trusted, and a second line would be read as a URL.
    /// </summary>
    internal static string Clean(string text)
    {
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            clean.Append((Rune.IsControl(rune) || rune.Value is 0x2028 or 0x2029) ? " " : rune.ToString());
        return clean.ToString().Trim().TrimStart('#', ' ');
    }
}
