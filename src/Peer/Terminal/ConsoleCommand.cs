using TspActors.Configuration;

namespace TspActors.Peer.Terminal;

/// <summary>A line typed in the console: a verb and what follows it.</summary>
/// <param name="Verb">One of <see cref="Verbs"/>.</param>
/// <param name="Argument">The rest, without spaces around it.</param>
internal sealed record ConsoleCommand(string Verb, string Argument)
{
    /// <summary>Every command, how it is typed, and what it does.</summary>
    public static IReadOnlyList<(string Verb, string Usage, string Meaning)> Verbs { get; } =
    [
        ("list", "list [text]", "songs that are shared now; with a text, those that fit"),
        ("info", "info [id]", "everything about a song, or about all"),
        ("play", "play <ids|text>", "play a song now, several in this order; play all [text]: every song that fits"),
        ("stop", "stop", "stop playing"),
        ("pause", "pause", "hold the song"),
        ("resume", "resume", "go on with it"),
        ("seek", "seek <m:ss>", "go on from there"),
        ("volume", "volume <0-100>", "how loud"),
        ("queue", "queue [ids|text]", "what comes next; with songs, put them last; queue all [text]"),
        ("next", "next", "on to the next song of the queue"),
        ("clear", "clear", "empty the queue; what plays goes on"),
        ("shuffle", "shuffle", "mix the queue"),
        ("repeat", "repeat [off|one|all]", "play the song, or the queue, again and again"),
        ("save", "save <id|text> [folder]", "save a song as a file, with its tags"),
        ("status", "status", "tracker, library, streams, and what plays"),
        ("rescan", "rescan [path]", "look for changes in the shared folders, or in one of them"),
        ("library", "library problems", "files that are not shared, and why"),
        ("limits", "limits [name] [value]", "what this host gives at most, and what is in use; with a value, change it"),
        ("help", "help", "this list"),
        ("quit", "quit", "leave"),
    ];

    /// <summary>Reads a line; null when it is empty.</summary>
    /// <exception cref="CommandException">There is no such command; the message names the nearest.</exception>
    public static ConsoleCommand? Parse(string line)
    {
        var words = line.Trim().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return null;
        var verb = words[0].ToLowerInvariant();
        if (verb is "exit" or "q")
            verb = "quit";
        if (Verbs.All(known => known.Verb != verb))
            throw new CommandException($"there is no command \"{SafeText.Of(words[0])}\"; {Suggest(verb)}help lists them all");
        return new ConsoleCommand(verb, words.Length > 1 ? words[1].Trim() : "");
    }

    private static string Suggest(string verb)
    {
        var nearest = NearestKey.Of(verb, Verbs.Select(known => known.Verb));
        return NearestKey.Distance(verb, nearest) <= 2 ? $"did you mean {nearest}? " : "";
    }
}
