using TspActors.Peer.Listening;

namespace TspActors.Peer.Playlists;

/// <summary>The songs to keep for the next start: the current one, waiting ones, and those in the last queue that no peer shares.</summary>
/// <param name="missing">The songs in the last queue that no peer currently shares.</param>
/// <param name="capacity">The maximum number of songs to keep.</param>
internal sealed class KeptQueue(IReadOnlyList<PlaylistEntry> missing, int capacity)
{
    private IReadOnlyList<QueuedSong> _songs = [];
    private IReadOnlyList<PlaylistEntry> _missing = missing;

    /// <summary>The songs, in the order in which they will be played.</summary>
    public IEnumerable<PlaylistEntry> Entries => _songs.Select(PlaylistEntry.From).Concat(_missing).Take(capacity);

    /// <summary>
    /// Copies a player's queue. Once the queue has been played to its end or emptied, the missing songs are forgotten.
    /// </summary>
    /// <returns>False if nothing has changed.</returns>
    public bool Update(PlaybackStatus status)
    {
        QueuedSong[] songs = status.Current is { } current ? [current, .. status.Queue] : [.. status.Queue];
        if (songs.SequenceEqual(_songs))
            return false;
        if (songs.Length == 0)
            _missing = [];
        _songs = songs;
        return true;
    }
}
