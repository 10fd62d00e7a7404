using System.Globalization;
using TspActors.Peer.Live.Recording;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>The argument of a save command that may ask for a recording: a live feed, how long to record, and the folder.</summary>
/// <param name="What">The id or the name of the feed.</param>
/// <param name="Duration">How long to record.</param>
/// <param name="Folder">The folder; empty = the default one.</param>
internal sealed record RecordingArguments(string What, TimeSpan Duration, string Folder)
{
    private const string All = "all";

    /// <summary>Whether several songs are named by their ids.</summary>
    public bool NamesSeveralIds => Words(What) is { Length: > 1 } words
        && words.All(word => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _));

    /// <summary>Whether the user asks for all songs that match. They never include a live feed.</summary>
    public bool NamesAll => Words(What)[0] == All;

    /// <summary>Splits an argument at its time, which comes between the feed and the folder, as in "Ana's radio 1h ~/Music".</summary>
    /// <returns>Null if there is no time.</returns>
    public static RecordingArguments? Parse(string argument)
    {
        var words = Words(argument);
        for (var at = words.Length - 1; at > 0; at--)
        {
            if (RecordingTime.TryParse(words[at], out var time)
                && (at == words.Length - 1 || SaveArguments.IsFolder(words[at + 1]) || words[at + 1][0] == '"'))
                return new RecordingArguments(
                    string.Join(' ', words[..at]), time, UserPath.Unquote(string.Join(' ', words[(at + 1)..])));
        }

        return null;
    }

    private static string[] Words(string text) =>
        text.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}
