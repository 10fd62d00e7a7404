using TspActors.Protocol;

namespace TspActors.Peer.Live.Feeds;

/// <summary>The title of the song or show that a feed is playing. Two titles are equal only if they are the same object.</summary>
internal sealed class FeedTitle
{
    /// <summary>The maximum length of a title in UTF-16 code units.</summary>
    public const int MaxLength = 300;

    /// <summary>The placeholder while no title is known.</summary>
    public static readonly FeedTitle None = new("");

    private FeedTitle(string text) => Text = text;

    /// <summary>The text, without invisible characters.</summary>
    public string Text { get; }

    /// <summary>Cleans and shortens text that a source or another host has sent.</summary>
    /// <param name="text">The text.</param>
    /// <param name="former">The title so far; null = none. It is returned if its text is the same, because only the same object counts as
    ///   equal.</param>
    public static FeedTitle Read(string text, FeedTitle? former = null)
    {
        // Very long text is cut before it is cleaned. The first cut leaves room for invisible characters.
        var clean = VisibleText.Clean(text.Length <= 4 * MaxLength ? text : text[..(4 * MaxLength)]).Trim();
        if (clean.Length > MaxLength)
            clean = clean[..(char.IsHighSurrogate(clean[MaxLength - 1]) ? MaxLength - 1 : MaxLength)];
        return clean.Length == 0 ? None : clean == former?.Text ? former : new FeedTitle(clean);
    }
}
