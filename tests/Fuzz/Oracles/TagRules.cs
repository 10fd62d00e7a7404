using System.Text;
using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Fuzz.Oracles;

/// <summary>Checks what must hold for the tags of any file.</summary>
internal static class TagRules
{
    /// <summary>
    /// Throws unless there is a title, every text is visible, trimmed and of bounded length, and the year has at most four digits.
    /// </summary>
    public static void Check(SongTags tags)
    {
        Rule.Holds(tags.Title.Length > 0, "a song has no title");
        foreach (var text in (string[])[tags.Title, tags.Artist, tags.Album, tags.AlbumArtist, tags.Genre])
        {
            Rule.IsVisible(text);
            Rule.Holds(text.Trim() == text, "a tag is not trimmed");
            Rule.Holds(Encoding.UTF8.GetByteCount(text) <= MediaLimits.Default.TextBytes, "a tag is too long");
        }

        Rule.Holds(tags.Year <= 9999, "a year has more than four digits");
    }
}
