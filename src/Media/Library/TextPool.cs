using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>
/// A pool that lets songs share equal artist, album and genre names, and equal cover hashes, which would otherwise take most of the memory
/// of a large library.
/// </summary>
internal sealed class TextPool
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);
    private readonly HashSet<ByteString> _covers = [];

    /// <summary>Replaces strings in the tags with equal pooled strings. No other code may be using the tags yet.</summary>
    public void Pool(SongTags tags)
    {
        tags.Artist = Pooled(tags.Artist);
        tags.Album = Pooled(tags.Album);
        tags.AlbumArtist = Pooled(tags.AlbumArtist);
        tags.Genre = Pooled(tags.Genre);
        if (!tags.Cover.IsEmpty)
            tags.Cover = Pooled(tags.Cover);
    }

    private ByteString Pooled(ByteString cover)
    {
        if (_covers.TryGetValue(cover, out var pooled))
            return pooled;
        _covers.Add(cover);
        return cover;
    }

    private string Pooled(string text)
    {
        if (_texts.TryGetValue(text, out var pooled))
            return pooled;
        _texts.Add(text);
        return text;
    }
}
