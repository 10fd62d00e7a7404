using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Commands;

/// <summary>The commands that ask the tracker one thing and end: list and info.</summary>
internal static class GuestCommands
{
    /// <summary>Prints the songs that fit.</summary>
    public static Task<int> ListAsync(CommandRun run, string text, bool json) => AskAsync(run, async (peer, catalog) =>
    {
        if (json)
            await WriteJsonAsync(text.Length == 0 ? catalog.DescribeAllAsync() : catalog.DescribeAsync(text)).ConfigureAwait(false);
        else
            await new ConsoleActions(peer, catalog, new Screen()).ListAsync(text, CancellationToken.None).ConfigureAwait(false);
    });

    /// <summary>Prints everything about one song, or about all.</summary>
    public static Task<int> InfoAsync(CommandRun run, int? id, bool json) => AskAsync(run, async (peer, catalog) =>
    {
        if (!json)
            await new ConsoleActions(peer, catalog, new Screen()).InfoAsync(id, CancellationToken.None).ConfigureAwait(false);
        else if (id is not { } song)
            await WriteJsonAsync(catalog.DescribeAllAsync()).ConfigureAwait(false);
        else
            await WriteJsonAsync(AsyncEnumerable.Repeat(await catalog.DescribeAsync(song).ConfigureAwait(false), 1)).ConfigureAwait(false);
    });

    private static async Task<int> AskAsync(CommandRun run, Func<PeerNode, CatalogClient, Task> ask)
    {
        await using var host = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        var peer = PeerNode.StartGuest(host.System, run.Settings, CommandRun.NoSpeakers);
        await ask(peer, new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout)).ConfigureAwait(false);
        await peer.StopAsync().ConfigureAwait(false);
        return ProgramRun.Done;
    }

    private static async Task WriteJsonAsync(IAsyncEnumerable<Protocol.Song> songs)
    {
        await using var output = Console.OpenStandardOutput();
        await SongJson.WriteAsync(output, songs).ConfigureAwait(false);
    }
}
