using System.Globalization;
using TspActors.Peer.Reaching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Shows everything that is known about one song, or about all songs.</summary>
internal sealed class InfoCommand() : ConsoleCommand("info", "info [id]", "everything about a song, or about all songs")
{
    private const int NameWidth = 14;

    public override Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation) =>
        ShowAsync(console, argument.Length > 0 ? ParseId(argument) : null, cancellation);

    /// <summary>Shows the song with this id, or all songs.</summary>
    /// <exception cref="CommandException">There is no such song.</exception>
    public static async Task ShowAsync(ConsoleContext console, int? id, CancellationToken cancellation)
    {
        if (id is { } song)
        {
            var described = await console.Catalog.DescribeAsync(song, cancellation).ConfigureAwait(false);
            var routes = await console.Catalog.FindRoutesAsync(
                song, console.Peer.CanBeCalled, console.Peer.UsesRelays, cancellation).ConfigureAwait(false);
            await ShowAsync(console, [described], routes, cancellation).ConfigureAwait(false);
            return;
        }

        // A pipe receives the songs as they arrive.
        if (console.Screen.IsInteractive)
            await ShowAsync(
                console, await console.Catalog.DescribeAllAsync(cancellation).ToListAsync(cancellation).ConfigureAwait(false), null,
                cancellation).ConfigureAwait(false);
        else
            await foreach (var each in console.Catalog.DescribeAllAsync(cancellation).ConfigureAwait(false))
                console.Screen.Result(string.Join(Environment.NewLine, Lines(each, null).Append("")));
    }

    private static int ParseId(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var id) && id > 0
            ? id
            : throw new CommandException($"\"{text}\" is not a song id; use \"list\" to see the ids");

    private static Task ShowAsync(
        ConsoleContext console, IReadOnlyList<Song> songs, IReadOnlyList<HostRoute>? routes, CancellationToken cancellation) =>
        console.Pager.ShowAsync(
            null,
            [
                .. songs.SelectMany((song, index) => index == 0 ? Lines(song, routes) : Lines(song, routes).Prepend(""))
                    .SelectMany(line => WordWrap.Hanging(line, NameWidth, console.Screen.WrapWidth)),
            ],
            cancellation);

    private static IEnumerable<string> Lines(Song song, IReadOnlyList<HostRoute>? routes) =>
        SongText.Details(song, routes).Where(detail => detail.Value.Length > 0).Select(detail => $"{detail.Name + ":",-NameWidth}{detail.Value}");
}
