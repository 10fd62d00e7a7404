using TspActors.Configuration;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>A line that the user has typed: a command and its argument.</summary>
internal sealed record TypedCommand(ConsoleCommand Command, string Argument);

/// <summary>The console's commands. Parsing, help and Tab use only this list.</summary>
internal static class ConsoleCommands
{
    /// <summary>All commands, in the order in which help lists them.</summary>
    public static IReadOnlyList<ConsoleCommand> All { get; } =
    [
        new ListCommand(),
        new AlbumsCommand(),
        new ArtistsCommand(),
        new PeersCommand(),
        new InfoCommand(),
        new PlayCommand(),
        new StopCommand(),
        new PauseCommand(),
        new ResumeCommand(),
        new SeekCommand(),
        new VolumeCommand(),
        new QueueCommand(),
        new NextCommand(),
        new PreviousCommand(),
        new RemoveCommand(),
        new MoveCommand(),
        new ClearCommand(),
        new UndoCommand(),
        new ShuffleCommand(),
        new RepeatCommand(),
        new ExportCommand(),
        new ImportCommand(),
        new FavouriteCommand(),
        new UnfavouriteCommand(),
        new FavouritesCommand(),
        new HistoryCommand(),
        new SaveCommand(),
        new SavesCommand(),
        new LiveCommand(),
        new StatusCommand(),
        new DoctorCommand(),
        new IdCommand(),
        new RescanCommand(),
        new LibraryCommand(),
        new LimitsCommand(),
        new HelpCommand(),
        new QuitCommand(),
    ];

    /// <summary>Parses a line. Returns null if the line is empty.</summary>
    /// <exception cref="CommandException">There is no such command; the message suggests one with a similar name, if any.</exception>
    public static TypedCommand? Parse(string line)
    {
        var words = line.Trim().Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries);
        if (words.Length == 0)
            return null;
        var command = Find(words[0].ToLowerInvariant()) ?? throw Unknown(words[0]);
        var argument = words.Length > 1 ? words[1].Trim() : "";
        if (command.TakesSearchWords && FindOption(argument) is { } option)
            throw new CommandException(
                $"{SafeText.Clean(option)} is an option of the program, and the console has no options; quote it to search for it");
        return new TypedCommand(command, argument);
    }

    /// <summary>Returns the command with this name or alias, or null.</summary>
    /// <param name="name">The name or alias, in lower case.</param>
    public static ConsoleCommand? Find(string name) =>
        All.FirstOrDefault(command => command.Name == name || command.Aliases.Contains(name));

    /// <summary>Returns the command with this name or alias.</summary>
    /// <param name="name">The name or alias, in lower case.</param>
    /// <exception cref="CommandException">There is no such command; the message suggests one with a similar name, if any.</exception>
    public static ConsoleCommand Named(string name) => Find(name) ?? throw Unknown(name);

    private static CommandException Unknown(string name) =>
        new($"there is no command \"{SafeText.Clean(name)}\"; {Hint(name.ToLowerInvariant())}");

    // An option must be rejected; otherwise, its name would be treated as a search word.
    private static string? FindOption(string argument) => argument.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)
        .FirstOrDefault(word => word.Length > 2 && word.StartsWith("--", StringComparison.Ordinal) && char.IsAsciiLetter(word[2]));

    private static string Hint(string name)
    {
        var nearest = NearestKey.Find(name, All.Select(command => command.Name));
        return NearestKey.Distance(name, nearest) <= 2
            ? $"did you mean {nearest}? Type \"help\" to list all commands"
            : "type \"help\" to list all commands";
    }
}
