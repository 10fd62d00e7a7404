using System.Globalization;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Saving;

/// <summary>
/// Builds file names from the tags of a remote peer's song. A name cannot point outside its folder, and it is valid on every system.
/// </summary>
internal static class SaveName
{
    // File systems allow 255 bytes. The remaining bytes leave room for a number, the extension and ".part".
    private const int MaxBytes = 180;

    private static readonly HashSet<string> Reserved = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON", "PRN", "AUX", "NUL", "CLOCK$", "CONIN$", "CONOUT$",
        "COM0", "COM1", "COM2", "COM3", "COM4", "COM5", "COM6", "COM7", "COM8", "COM9", "COM¹", "COM²", "COM³",
        "LPT0", "LPT1", "LPT2", "LPT3", "LPT4", "LPT5", "LPT6", "LPT7", "LPT8", "LPT9", "LPT¹", "LPT²", "LPT³",
    };

    /// <summary>Returns "Artist - Title", just one if the other is unknown, or "song" and the id if both are; no extension.</summary>
    public static string FromSong(Song song)
    {
        var (artist, title) = (song.Tags?.Artist ?? "", song.Tags?.Title ?? "");
        return FromText(artist.Length > 0 && title.Length > 0 ? $"{artist} - {title}" : artist + title, $"song {song.Id}");
    }

    /// <summary>Returns the text as a file name, or <paramref name="fallback"/> if the text contains no usable characters.</summary>
    public static string FromText(string text, string fallback)
    {
        var name = new StringBuilder();
        var bytes = 0;
        foreach (var rune in text.EnumerateRunes().Select(Safe))
        {
            // A leading dot would hide the file, and programs would read a leading dash as an option.
            if (name.Length == 0 && rune.Value is ' ' or '.' or '-')
                continue;
            if ((bytes += rune.Utf8SequenceLength) > MaxBytes)
                break;
            name.Append(rune.ToString());
        }

        // Windows drops trailing dots and spaces, and treats "con.live" as the device CON.
        var trimmed = name.ToString().TrimEnd(' ', '.');
        if (Reserved.Contains(trimmed.Split('.')[0].TrimEnd()))
            trimmed = "_" + trimmed;
        return trimmed.Any(letter => letter is not ('_' or ' ')) ? trimmed : fallback;
    }

    private static Rune Safe(Rune rune)
    {
        if (rune.Value is '/' or '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|')
            return new Rune('_');
        return Rune.GetUnicodeCategory(rune) switch
        {
            // Direction marks and joiners can disguise a name, and some systems reject unassigned characters.
            UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse
                or UnicodeCategory.OtherNotAssigned
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => new Rune(' '),
            UnicodeCategory.SpaceSeparator => new Rune(' '),
            _ => rune,
        };
    }
}
