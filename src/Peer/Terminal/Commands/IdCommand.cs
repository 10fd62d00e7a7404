using TspActors.Peer.Commands;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows the id of the peer's key, which is the peer's id.</summary>
internal sealed class IdCommand() : ConsoleCommand("id", "id", "the id of this peer's key, and how to verify it")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        foreach (var line in IdentityCommand.Describe(console.Peer.Settings).TrimEnd('\n').Split('\n'))
            console.Screen.Result(line);
        return Task.CompletedTask;
    }
}
