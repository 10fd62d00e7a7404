using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>
/// A pool of strings that lets songs share equal artist, album and genre names, which would otherwise take most of the memory of a large
/// library.
/// </summary>
internal sealed class TextPool
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Replaces strings in the tags with equal pooled strings. No other code may be using the tags yet.</summary>
    public void Pool(SongTags tags)
    {
        tags.Artist = Pooled(tags.Artist);
        tags.Album = Pooled(tags.Album);
        tags.AlbumArtist = Pooled(tags.AlbumArtist);
        tags.Genre = Pooled(tags.Genre);
    }

    private string Pooled(string text)
    {
        if (_texts.TryGetValue(text, out var pooled))
            return pooled;
        _texts.Add(text);
        return text;
    }
}
