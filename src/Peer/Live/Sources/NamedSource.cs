using System.Diagnostics.CodeAnalysis;
using TspActors.Protocol;

namespace TspActors.Peer.Live.Sources;

/// <summary>A feed, written as a single string: <c>NAME=SOURCE</c>.</summary>
internal sealed record NamedSource(string Name, FeedSource Source)
{
    /// <summary>Parses NAME=SOURCE. The name ends at the first equals sign.</summary>
    /// <param name="text">The text.</param>
    /// <param name="named">The feed; null if the text is not valid.</param>
    /// <param name="fault">The fault in the text, and the remedy; empty if the text is valid.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out NamedSource? named, out string fault)
    {
        named = null;
        if (text.IndexOf('=', StringComparison.Ordinal) is not (> 0 and var equals))
        {
            fault = $"it names no feed; write NAME=SOURCE, where SOURCE is {FeedSource.Forms}";
            return false;
        }

        var name = text[..equals].Trim();
        if (FaultOfName(name) is { } wrong)
        {
            fault = wrong;
            return false;
        }

        if (!FeedSource.TryParse(text[(equals + 1)..], out var source, out fault))
            return false;
        named = new NamedSource(CleanName(name), source);
        return true;
    }

    /// <summary>
    /// Returns a name without invisible characters, such as the variation selector that turns a heart into an emoji. Trackers remove them
    /// as well, and the name must be the same everywhere, because it is part of the feed's identity.
    /// </summary>
    public static string CleanName(string name) => VisibleText.Clean(name).Trim();

    /// <summary>Returns the fault in a feed's name; null if the name is valid.</summary>
    public static string? FaultOfName(string name) =>
        CleanName(name).Length == 0 ? "the feed has no name; write one, for example Anna's radio"
        : name.Length > FeedSettings.MaxName || name.Any(char.IsControl)
            ? $"a feed's name is one line of at most {FeedSettings.MaxName} characters"
        : null;
}
