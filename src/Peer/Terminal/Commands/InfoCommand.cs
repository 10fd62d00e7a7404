using System.Globalization;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows everything that is known about one song, or about all songs.</summary>
internal sealed class InfoCommand() : ConsoleCommand("info", "info [id]", "everything about a song, or about all songs")
{
    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        ShowAsync(console, argument.Length > 0 ? ParseId(argument) : null, cancellation);

    /// <summary>Shows the song with this id, or all songs.</summary>
    /// <exception cref="CommandException">There is no such song.</exception>
    public static async Task ShowAsync(ConsoleContext console, int? id, CancellationToken cancellation)
    {
        if (id is { } song)
        {
            var described = await console.Catalog.DescribeAsync(song, cancellation).ConfigureAwait(false);
            Show(console.Screen, described, await console.Catalog.FindRoutesAsync(
                song, console.Peer.CanBeCalled, console.Peer.UsesRelays, cancellation).ConfigureAwait(false));
            return;
        }

        await foreach (var each in console.Catalog.DescribeAllAsync(cancellation).ConfigureAwait(false))
        {
            Show(console.Screen, each);
            console.Screen.Result("");
        }
    }

    private static int ParseId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw new CommandException($"\"{text}\" is not a song id; list shows the ids");

    private static void Show(Screen screen, Song song, IReadOnlyList<HostRoute>? routes = null)
    {
        foreach (var (name, value) in SongText.Details(song, routes).Where(detail => detail.Value.Length > 0))
            screen.Result($"{name + ":",-14}{value}");
    }
}
