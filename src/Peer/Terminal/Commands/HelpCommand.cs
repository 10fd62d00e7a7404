namespace TspActors.Peer.Terminal.Commands;

/// <summary>Lists the commands, or describes one.</summary>
internal sealed class HelpCommand() : ConsoleCommand("help", "help [command]", "list the commands, or describe one")
{
    private const int Column = 27;

    // In a narrower terminal, a summary beside the usage would be a column of single words.
    private const int NarrowWidth = 56;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        int? width = console.Screen.IsTerminal ? Screen.Width : null;
        var commands = argument.Length == 0 ? ConsoleCommands.All : [ConsoleCommands.Named(argument.ToLowerInvariant())];
        var lines = commands.SelectMany(command => Describe(command, width)).ToList();
        await console.Pager.ShowAsync(null, lines, cancellation).ConfigureAwait(false);
        if (argument.Length > 0 && commands[0].Aliases.Count > 0)
            console.Screen.Result($"  also: {string.Join(", ", commands[0].Aliases)}");
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) =>
        Suggestions.FromWords(typed, ConsoleCommands.All.Select(command => command.Name));

    /// <summary>Returns the lines that describe a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="width">The width of the terminal in cells; null = one line, however long.</param>
    public static IEnumerable<string> Describe(ConsoleCommand command, int? width)
    {
        if (width is not { } cells)
            return [$"  {command.Usage,2 - Column}{command.Summary}"];
        var indent = cells < NarrowWidth ? 6 : Column;
        var summary = WordWrap.Lines(command.Summary, cells - 1 - indent).Select(line => new string(' ', indent) + line).ToList();
        return indent == Column
            ? [$"  {command.Usage,2 - Column}{summary[0][Column..]}", .. summary.Skip(1)]
            : [$"  {command.Usage}", .. summary];
    }
}

/// <summary>Closes the console and stops the peer.</summary>
internal sealed class QuitCommand() : ConsoleCommand("quit", "quit", "stop the peer and exit")
{
    public override IReadOnlyList<string> Aliases => ["exit", "q"];

    public override bool EndsConsole => true;

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) => Task.CompletedTask;
}
