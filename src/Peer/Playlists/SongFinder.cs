using TspActors.Protocol;

namespace TspActors.Peer.Playlists;

/// <summary>Finds a playlist's songs in the tracker's catalog.</summary>
/// <param name="catalog">Sends requests to the tracker.</param>
/// <param name="findOwn">Returns the content hash of the song at a path; null if this peer shares no song there.</param>
internal sealed class SongFinder(CatalogClient catalog, Func<string, ContentHash?> findOwn)
{
    /// <summary>Returns the song for each entry; null if it is not currently shared, or if it is unclear which song is meant.</summary>
    /// <exception cref="CommandException">The request to the tracker failed.</exception>
    public async Task<IReadOnlyList<Song?>> FindAsync(IReadOnlyList<PlaylistEntry> entries, CancellationToken cancellation)
    {
        var match = new PlaylistMatch([.. entries.Select(WithOwnHash)]);
        await AddExpectedAsync(match, cancellation).ConfigureAwait(false);
        // Most songs keep their ids, so most playlists can be resolved without listing the complete catalog.
        if (match.IsOpen)
        {
            await foreach (var song in catalog.ListAsync("", cancellation).ConfigureAwait(false))
            {
                match.Add(song);
                if (!match.IsOpen)
                    break;
            }
        }

        return match.Result();
    }

    private async Task AddExpectedAsync(PlaylistMatch match, CancellationToken cancellation)
    {
        var covered = 0;
        foreach (var id in match.Ids)
        {
            if (id <= covered)
                continue;
            var (songs, next) = await catalog.ListFromAsync(id, cancellation).ConfigureAwait(false);
            foreach (var song in songs)
                match.Add(song);
            covered = next > id ? next : int.MaxValue;
        }
    }

    private PlaylistEntry WithOwnHash(PlaylistEntry entry) =>
        entry is { Path: { } path, Hash.IsEmpty: true } && findOwn(path) is { } hash ? entry with { Hash = hash } : entry;
}
