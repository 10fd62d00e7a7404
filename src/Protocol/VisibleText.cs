using System.Globalization;
using System.Text;

namespace TspActors.Protocol;

/// <summary>
/// Removes invisible characters from text written by others: control characters, fillers, and marks that join, hide or reverse text. Line
/// breaks and tabs become spaces. Strings that differ only in the removed characters are then equal. docs/decisions/0050-visible-text.md
/// explains why there are no exceptions.
/// </summary>
public static class VisibleText
{
    /// <summary>Returns the text without invisible characters; line breaks and tabs become spaces.</summary>
    public static string Clean(string text)
    {
        // Nearly all text is printable ASCII and is returned here.
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        StringBuilder? clean = null;
        for (var at = 0; at < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
            var isInvisible = IsInvisible(rune);
            if (isInvisible)
                clean ??= new StringBuilder(text, 0, at, text.Length);
            if (!isInvisible)
                clean?.Append(text, at, length);
            else if (IsBreak(rune))
                clean?.Append(' ');
            at += length;
        }

        return clean?.ToString() ?? text;
    }

    /// <summary>Cleans the text fields of tags. Does nothing if there are no tags.</summary>
    public static void Clean(SongTags? tags)
    {
        if (tags is null)
            return;
        tags.Title = Clean(tags.Title);
        tags.Artist = Clean(tags.Artist);
        tags.Album = Clean(tags.Album);
        tags.AlbumArtist = Clean(tags.AlbumArtist);
        tags.Genre = Clean(tags.Genre);
        tags.NowPlaying = Clean(tags.NowPlaying);
    }

    /// <summary>Returns true for characters that are invisible, or that change how other characters are displayed.</summary>
    public static bool IsInvisible(Rune rune) => rune.Value is >= ' ' and <= '~' ? false : Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        // The other characters that Unicode says should not be displayed (Default_Ignorable_Code_Point): fillers and variation selectors.
        _ => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2065 or 0x3164
            or (>= 0xFE00 and <= 0xFE0F) or 0xFFA0 or (>= 0xFFF0 and <= 0xFFF8) or (>= 0xE0000 and <= 0xE0FFF)
            // The blank Braille pattern, and Unicode's noncharacters: the last two code points of each plane, and 32 more.
            or 0x2800 or (>= 0xFDD0 and <= 0xFDEF) || (rune.Value & 0xFFFE) == 0xFFFE,
    };

    private static bool IsBreak(Rune rune) => rune.Value is (>= '\t' and <= '\r') or 0x85 or 0x2028 or 0x2029 or 0x2800;
}
