using TspActors.Protocol;

namespace TspActors.Gateway.Library;

/// <summary>The data that the library remembers across restarts: first-seen dates, songs that are away, and grouping decisions.</summary>
/// <remarks>Changes are written in the background, in batches; a crash may lose the last few seconds. The data is read once, at
/// startup.</remarks>
internal interface ILibraryMemory
{
    /// <summary>Reads every remembered song: its hash, when it was first seen, and, if it is remembered as away, its facts and when it
    /// went away.</summary>
    IEnumerable<RememberedSong> ReadSongs();

    /// <summary>Reads the grouping decision for the key of each album name: one of the two constants in <see cref="AlbumGroup"/>.</summary>
    IEnumerable<KeyValuePair<string, string>> ReadGroupings();

    /// <summary>Reads the time at which the set of artists last changed; null = never recorded.</summary>
    DateTimeOffset? ReadArtistsModified();

    /// <summary>Records songs that were seen for the first time.</summary>
    void Seen(IReadOnlyList<(ContentHash Hash, DateTimeOffset At)> songs);

    /// <summary>Records that a song's last host has left, with the facts that identify the song for users.</summary>
    void Away(Song song, DateTimeOffset at);

    /// <summary>Records that a song that was away has a host again.</summary>
    void Back(ContentHash hash);

    /// <summary>Removes songs.</summary>
    void Forget(IReadOnlyList<ContentHash> songs);

    /// <summary>Records a grouping decision.</summary>
    void Grouped(string albumKey, string artistKey);

    /// <summary>Removes grouping decisions.</summary>
    void Ungroup(IReadOnlyList<string> albumKeys);

    /// <summary>Records when the set of artists last changed.</summary>
    void ArtistsModified(DateTimeOffset at);
}

/// <summary>A song that the library remembers.</summary>
/// <param name="Hash">The content hash.</param>
/// <param name="FirstSeen">When this peer first saw the song.</param>
/// <param name="Away">Its facts (tags and format, no hosts) if it was away when it was last recorded; otherwise null.</param>
/// <param name="AwaySince">When it went away; null if <paramref name="Away"/> is null.</param>
internal sealed record RememberedSong(ContentHash Hash, DateTimeOffset FirstSeen, Song? Away, DateTimeOffset? AwaySince);
