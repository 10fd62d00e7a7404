using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>Lets the songs of an album share the texts they have in common: that is most of what a large library takes in memory.</summary>
internal sealed class SharedTexts
{
    private readonly HashSet<string> _texts = new(StringComparer.Ordinal);

    /// <summary>Puts shared texts in place of equal ones. Only for tags that nobody else has seen yet.</summary>
    public void Share(SongTags tags)
    {
        tags.Artist = Shared(tags.Artist);
        tags.Album = Shared(tags.Album);
        tags.AlbumArtist = Shared(tags.AlbumArtist);
        tags.Genre = Shared(tags.Genre);
    }

    private string Shared(string text)
    {
        if (_texts.TryGetValue(text, out var shared))
            return shared;
        _texts.Add(text);
        return text;
    }
}
