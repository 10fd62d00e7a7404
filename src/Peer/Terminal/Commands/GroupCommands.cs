using System.Globalization;
using TspActors.Peer.Searching;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>
/// Lists the albums, artists or peers of the songs that match the user's words: as a table on a terminal, as tab-separated lines in a pipe.
/// </summary>
/// <param name="name">The name of the command: a plural noun for the rows that it lists.</param>
/// <param name="summary">A short description of the command, for help.</param>
/// <param name="group">Returns the rows for the songs.</param>
/// <param name="columns">The columns of the table.</param>
internal abstract class GroupCommand<T>(
    string name, string summary, Func<IEnumerable<Song>, IReadOnlyList<T>> group, IReadOnlyList<Column<T>> columns)
    : ConsoleCommand(name, $"{name} [text]", summary)
{
    private const int MostRows = 1_000;

    private readonly TextTable<T> _table = new(columns);

    public override bool TakesSearchWords => true;

    /// <summary>Returns the rows for the songs that match the user's words.</summary>
    public virtual async Task<IReadOnlyList<T>> FindAsync(CatalogClient catalog, string text, CancellationToken cancellation) =>
        group(await catalog.ListAsync(text, cancellation).ToListAsync(cancellation).ConfigureAwait(false));

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var (catalog, screen) = (console.Catalog, console.Screen);
        var rows = await FindAsync(catalog, argument, cancellation).ConfigureAwait(false);
        if (!screen.IsTerminal)
        {
            foreach (var row in rows)
                screen.Result(_table.Line(row));
            return;
        }

        if (rows.Count == 0)
        {
            screen.Note(argument.Length > 0 ? $"no song matches \"{argument}\"" : "no songs are shared yet");
            return;
        }

        var lines = _table.Lines([.. rows.Take(MostRows)], Screen.Width - 1).ToList();
        await console.Pager.ShowAsync(lines[0], lines[1..], cancellation).ConfigureAwait(false);
        screen.Note(rows.Count > MostRows
            ? $"{rows.Count} {Name}, showing the first {MostRows}; add words to narrow the list"
            : Counted.Text(rows.Count, Name[..^1]));
    }

    public override Suggestions Suggest(string typed, TitleSearch titles) => Suggestions.FromTitles(typed, titles);
}

/// <summary>Lists albums.</summary>
internal sealed class AlbumsCommand() : GroupCommand<AlbumEntry>(
    "albums", "the albums of all songs, or of those that match the text", CatalogGroups.Albums,
    [
        new("artist", album => album.Artist, IsText: true),
        new("year", album => album.Year == 0 ? "" : album.Year.ToString(CultureInfo.InvariantCulture), IsText: false),
        new("album", album => album.Title, IsText: true),
        new("songs", album => $"{album.Songs}", IsText: false, MinTableWidth: 40),
        new("time", album => SongText.Time(TimeSpan.FromMilliseconds(album.DurationMs)), IsText: false, MinTableWidth: 56),
    ]);

/// <summary>Lists artists.</summary>
internal sealed class ArtistsCommand() : GroupCommand<ArtistEntry>(
    "artists", "the artists of all songs, or of those that match the text", CatalogGroups.Artists,
    [
        new("artist", artist => artist.Name, IsText: true),
        new("albums", artist => $"{artist.Albums}", IsText: false),
        new("songs", artist => $"{artist.Songs}", IsText: false),
    ]);

/// <summary>Lists the peers that share songs.</summary>
internal sealed class PeersCommand() : GroupCommand<PeerEntry>(
    "peers", "the peers that share songs, or only those with songs that match the text", CatalogGroups.Peers,
    [
        new("peer", peer => peer.Host.Name, IsText: true),
        new("songs", peer => $"{peer.Songs}", IsText: false),
        new("streams", peer => !peer.HasLoad ? "" : peer.Host.MaxStreams == 0
            ? $"{peer.Host.ActiveStreams}"
            : $"{peer.Host.ActiveStreams}/{peer.Host.MaxStreams}", IsText: false, MinTableWidth: 48),
        new("id", peer => Convert.ToHexStringLower(peer.Host.PeerId.Span), IsText: false, MinTableWidth: 72),
    ])
{
    public override async Task<IReadOnlyList<PeerEntry>> FindAsync(CatalogClient catalog, string text, CancellationToken cancellation) =>
        await HostLoads.UpdateAsync(
            catalog, await base.FindAsync(catalog, text, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
}
