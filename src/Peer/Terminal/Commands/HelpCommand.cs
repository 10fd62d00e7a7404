namespace TspActors.Peer.Terminal.Commands;

/// <summary>Lists the commands.</summary>
internal sealed class HelpCommand() : ConsoleCommand("help", "help", "list the commands")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        foreach (var command in ConsoleCommands.All)
            console.Screen.Result($"  {command.Usage,-25}{command.Summary}");
        return Task.CompletedTask;
    }
}

/// <summary>Ends the console, and the peer with it.</summary>
internal sealed class QuitCommand() : ConsoleCommand("quit", "quit", "stop the peer and exit")
{
    public override IReadOnlyList<string> Aliases => ["exit", "q"];

    public override bool EndsConsole => true;

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) => Task.CompletedTask;
}
