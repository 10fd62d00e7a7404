using TspActors.Peer.Hosting;
using TspActors.Peer.Hosting.Limits;

namespace TspActors.Peer.Terminal;

/// <summary>What Tab makes of a line: the verb, then the title of a song, as far as it is clear; and what there is to choose from, where it is not.</summary>
internal static class Completion
{
    private const int MostOptions = 12;

    private static readonly string[] Ways = ["off", "one", "all"];
    private static readonly string[] Things = ["problems"];

    /// <summary>Completes a line.</summary>
    /// <param name="line">What is typed.</param>
    /// <param name="titles">Titles that begin with a text, in any case, from the local copy of the catalog; at most so many.</param>
    /// <returns>The line as it is now, and the choices that are left; none where it is clear.</returns>
    public static (string Line, IReadOnlyList<string> Options) Of(string line, Func<string, int, IReadOnlyList<string>> titles)
    {
        var space = line.IndexOf(' ', StringComparison.Ordinal);
        if (space < 0)
        {
            var verbs = ConsoleCommand.Verbs.Select(known => known.Verb).Where(verb => verb.StartsWith(line, StringComparison.OrdinalIgnoreCase)).ToList();
            return Choose("", line, verbs, " ");
        }

        var (verb, typed) = (line[..space].ToLowerInvariant(), line[(space + 1)..].TrimStart());
        var before = line[..^typed.Length];
        return verb switch
        {
            "play" or "queue" or "save" or "list" when typed.Length > 0 => Choose(before, typed, titles(typed, MostOptions + 1), ""),
            "repeat" => Choose(before, typed, Ways.Where(way => way.StartsWith(typed, StringComparison.OrdinalIgnoreCase)), ""),
            "limits" => Choose(before, typed, HostingLimit.All.Select(limit => limit.Name).Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)), " "),
            "library" => Choose(before, typed, Things.Where(thing => thing.StartsWith(typed, StringComparison.OrdinalIgnoreCase)), ""),
            _ => (line, []),
        };
    }

    private static (string Line, IReadOnlyList<string> Options) Choose(string before, string typed, IEnumerable<string> fitting, string end)
    {
        var options = fitting.Distinct().Order(StringComparer.OrdinalIgnoreCase).ToList();
        if (options.Count == 0)
            return (before + typed, []);
        if (options.Count == 1)
            return (before + options[0] + end, []);
        var shared = options.Aggregate(Shared);
        if (options.Count > MostOptions)
            options = [.. options.Take(MostOptions), "…"];
        return (before + (shared.Length > typed.Length ? shared : typed), options);
    }

    private static string Shared(string left, string right)
    {
        var length = 0;
        while (length < left.Length && length < right.Length && char.ToUpperInvariant(left[length]) == char.ToUpperInvariant(right[length]))
            length++;
        // No half of a character.
        return left[..(length > 0 && char.IsHighSurrogate(left[length - 1]) ? length - 1 : length)];
    }
}
