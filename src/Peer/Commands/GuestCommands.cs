using System.Text.Json;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Reaching;
using TspActors.Peer.Searching;
using TspActors.Peer.Terminal;
using TspActors.Peer.Terminal.Commands;

namespace TspActors.Peer.Commands;

/// <summary>The list, albums, artists, peers and info commands. Each asks the tracker for songs, prints the result and exits.</summary>
internal static class GuestCommands
{
    /// <summary>Prints the songs that match the text.</summary>
    public static Task<int> ListAsync(CommandContext run, string text, bool json) => AskAsync(run, async (peer, catalog, stop) =>
    {
        if (json)
            await WriteJsonAsync(text.Length == 0 ? catalog.DescribeAllAsync(stop) : catalog.DescribeAsync(text, stop))
                .ConfigureAwait(false);
        else
            await new ListCommand().RunAsync(Console(run, peer, catalog), text, stop).ConfigureAwait(false);
    });

    /// <summary>Prints the albums of the songs that match the text.</summary>
    public static Task<int> ListAlbumsAsync(CommandContext run, string text, bool json) =>
        GroupAsync(run, text, json, new AlbumsCommand(), GroupJson.Write);

    /// <summary>Prints the artists of the songs that match the text.</summary>
    public static Task<int> ListArtistsAsync(CommandContext run, string text, bool json) =>
        GroupAsync(run, text, json, new ArtistsCommand(), GroupJson.Write);

    /// <summary>Prints the peers that share the songs that match the text.</summary>
    public static Task<int> ListPeersAsync(CommandContext run, string text, bool json) =>
        GroupAsync(run, text, json, new PeersCommand(), GroupJson.Write);

    /// <summary>Prints everything about one song, or about all songs.</summary>
    public static Task<int> InfoAsync(CommandContext run, int? id, bool json) => AskAsync(run, async (peer, catalog, stop) =>
    {
        if (!json)
            await InfoCommand.ShowAsync(Console(run, peer, catalog), id, stop).ConfigureAwait(false);
        else if (id is not { } song)
            await WriteJsonAsync(catalog.DescribeAllAsync(stop)).ConfigureAwait(false);
        else
            await WriteOneAsync(peer, catalog, await catalog.DescribeAsync(song, stop).ConfigureAwait(false), stop).ConfigureAwait(false);
    });

    private static Task<int> GroupAsync<T>(
        CommandContext run, string text, bool json, GroupCommand<T> command, Action<Utf8JsonWriter, T> write) => AskAsync(
        run, async (peer, catalog, stop) =>
        {
            if (!json)
            {
                await command.RunAsync(Console(run, peer, catalog), text, stop).ConfigureAwait(false);
                return;
            }

            var rows = await command.FindAsync(catalog, text, stop).ConfigureAwait(false);
            await GroupJson.WriteAsync(ProgramOutput.OpenResults(), rows, write).ConfigureAwait(false);
        });

    private static async Task<int> AskAsync(CommandContext run, Func<PeerNode, CatalogClient, CancellationToken, Task> ask)
    {
        await using var host = await run.StartHostAsync("tsp-guest").ConfigureAwait(false);
        return await CommandContext.UntilSignalAsync(host, async stop =>
        {
            var peer = PeerNode.StartGuest(host.System, run.Settings, CommandContext.NoPlayer);
            await ask(peer, new CatalogClient(peer.TrackerLink, run.Settings.Link.RequestTimeout), stop).ConfigureAwait(false);
            await peer.StopAsync().ConfigureAwait(false);
            return ProgramRun.Done;
        }).ConfigureAwait(false);
    }

    // Only a grant says how busy the hosts are, how they can be reached, and how far the hosts of a live feed are from its source.
    private static async Task WriteOneAsync(PeerNode peer, CatalogClient catalog, Protocol.Song song, CancellationToken stop)
    {
        var grant = await catalog.FindGrantAsync(song.Id, stop).ConfigureAwait(false);
        HostLoads.Copy(grant, song);
        var depths = song.Live ? HostRoutes.DepthsOf(grant) : null;
        var routes = grant.Song is null ? null : HostRoutes.Of(grant.Song, grant.Reach, peer.CanBeCalled, peer.UsesRelays);
        await SongJson.WriteAsync(ProgramOutput.OpenResults(), AsyncEnumerable.Repeat(song, 1), depths, routes).ConfigureAwait(false);
    }

    private static ConsoleContext Console(CommandContext run, PeerNode peer, CatalogClient catalog)
    {
        var screen = new Screen();
        return new ConsoleContext(peer, catalog, screen) { Pager = new Pager(screen, run.Settings.Pager, readsKeys: true) };
    }

    private static Task WriteJsonAsync(IAsyncEnumerable<Protocol.Song> songs) => SongJson.WriteAsync(ProgramOutput.OpenResults(), songs);
}
