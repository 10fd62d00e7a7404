using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>
/// A pool of strings, so that songs share equal artist, album and genre names. Those names are most of the memory that a large library
/// takes.
/// </summary>
internal sealed class TextPool
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Replaces strings in the tags by equal pooled ones. The tags must not be shared with anyone yet.</summary>
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
