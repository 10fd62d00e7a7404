using System.Diagnostics.CodeAnalysis;

namespace TspActors.Peer.Live.Sources;

/// <summary>A feed written as one string: <c>NAME=SOURCE</c>.</summary>
internal sealed record NamedSource(string Name, FeedSource Source)
{
    /// <summary>Parses NAME=SOURCE. The name ends at the first equals sign.</summary>
    /// <param name="text">The text.</param>
    /// <param name="named">The feed; null if the text is not valid.</param>
    /// <param name="fault">What is wrong with the text, and what to write instead; empty if the text is valid.</param>
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
        named = new NamedSource(name, source);
        return true;
    }

    /// <summary>Returns the fault in a feed's name; null if there is none.</summary>
    public static string? FaultOfName(string name) =>
        name.Length == 0 ? "the feed has no name; write one, for example Anna's radio"
        : name.Length > FeedSettings.MaxName || name.Any(char.IsControl)
            ? $"a feed's name is one line of at most {FeedSettings.MaxName} characters"
        : null;
}
