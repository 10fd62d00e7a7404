using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Terminal;

/// <summary>Completes a line when Tab is pressed: first the command, then its argument, up to the point where the choices differ.</summary>
internal static class Completer
{
    /// <summary>Completes a line.</summary>
    /// <param name="line">The line typed so far.</param>
    /// <param name="titles">Searches titles in the catalog.</param>
    /// <returns>The completed line, and the remaining choices if there are several.</returns>
    public static (string Line, IReadOnlyList<string> Choices) Complete(string line, TitleSearch titles)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
            return Complete("", line, Suggestions.FromWords(line, ConsoleCommands.All.Select(command => command.Name), end: " "));
        var typed = line[(space + 1)..].TrimStart();
        return ConsoleCommands.Find(line[..space].ToLowerInvariant()) is { } command
            ? Complete(line[..^typed.Length], typed, command.Suggest(typed, titles))
            : (line, []);
    }

    private static (string Line, IReadOnlyList<string> Choices) Complete(string before, string typed, Suggestions suggestions)
    {
        var choices = suggestions.Texts.Distinct().Order(StringComparer.OrdinalIgnoreCase).ToList();
        if (choices.Count == 0)
            return (before + typed, []);
        if (choices.Count == 1)
            return (before + choices[0] + suggestions.End, []);
        var prefix = choices.Aggregate(CommonPrefix);
        if (choices.Count > Suggestions.Most)
            choices = [.. choices.Take(Suggestions.Most), "…"];
        return (before + (prefix.Length > typed.Length ? prefix : typed), choices);
    }

    private static string CommonPrefix(string left, string right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && char.ToUpperInvariant(left[length]) == char.ToUpperInvariant(right[length]))
            length++;
        // Do not cut a surrogate pair in half.
        return left[..(length > 0 && char.IsHighSurrogate(left[length - 1]) ? length - 1 : length)];
    }
}
