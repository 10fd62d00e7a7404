using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Sources;

namespace TspActors.Peer.Live.Stations;

/// <summary>The songs and the jingles of a station, chosen from a snapshot of the library.</summary>
internal sealed record StationSongs(IReadOnlyList<RotationSong> Songs, IReadOnlyList<RotationSong> Jingles);

/// <summary>Chooses the songs and the jingles of a station whenever the library or the playlist has changed.</summary>
internal sealed class StationLibrary
{
    private readonly OwnSongsCell _library;
    private readonly Selection _songs;
    private readonly Selection? _jingles;
    private OwnSongs? _seen;
    private FileStat _seenPlaylist;

    public StationLibrary(FeedSettings feed, OwnSongsCell library, IReadOnlyList<MusicRoot> roots)
    {
        _library = library;
        _songs = new Selection(feed.Source is FeedSource.Station station ? station.Selection : feed.Fallback, roots);
        // The separator marks the path as a folder, even if no such folder exists.
        _jingles = feed.Jingles.Trim() is { Length: > 0 } folder ? new Selection(folder + Path.DirectorySeparatorChar, roots) : null;
    }

    /// <summary>Chooses the songs again. Reads from the disk. Calls must not overlap.</summary>
    /// <returns>The songs; null if neither the library nor the playlist has changed since the last call.</returns>
    /// <exception cref="IOException">The playlist cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the playlist.</exception>
    public StationSongs? Choose()
    {
        var (library, playlist) = (_library.Current, _songs.PlaylistStamp());
        if (ReferenceEquals(library, _seen) && playlist == _seenPlaylist)
            return null;
        var jingles = _jingles?.SelectFrom(library) ?? [];
        var withoutJingles = _songs.SelectFrom(library).Except(jingles);
        var chosen = new StationSongs([.. withoutJingles.Select(RotationSong.Of)], [.. jingles.Select(RotationSong.Of)]);
        (_seen, _seenPlaylist) = (library, playlist);
        return chosen;
    }
}
