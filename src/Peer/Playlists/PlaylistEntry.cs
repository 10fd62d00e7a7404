using TspActors.Peer.Listening;
using TspActors.Peer.Terminal;
using TspActors.Protocol;

namespace TspActors.Peer.Playlists;

/// <summary>A song in a playlist file: its name, and the details needed to find it again.</summary>
/// <param name="Name">The name in the file, as "Artist - Title"; empty if there is none.</param>
internal sealed record PlaylistEntry(string Name)
{
    /// <summary>The song's id when the file was written; 0 = unknown. Another tracker may give the song a different id.</summary>
    public int Id { get; init; }

    /// <summary>The content hash, which identifies the song at any tracker; empty = unknown.</summary>
    public ContentHash Hash { get; init; }

    /// <summary>The path of the song's file, in a playlist from another player; null if there is none.</summary>
    public string? Path { get; init; }

    /// <summary>The duration; zero = unknown.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>When the song was played; null = unknown, or the playlist is not a list of played songs.</summary>
    public DateTimeOffset? Played { get; init; }

    /// <summary>The name that users see; never empty.</summary>
    public string Label => Name.Length > 0 ? Name : Path is { Length: > 0 } ? System.IO.Path.GetFileName(Path) : $"song {Id}";

    /// <summary>Returns the entry for a song in the queue.</summary>
    public static PlaylistEntry From(QueuedSong song) => new(Plain(song.Title))
    {
        Id = song.Id,
        Hash = song.Hash,
        Duration = song.Duration,
    };

    /// <summary>Returns the entry for a song in the catalog.</summary>
    public static PlaylistEntry From(Song song) => From(SongText.ToQueued(song));

    // Other players write a plain hyphen.
    private static string Plain(string title) => title.Replace(" – ", " - ", StringComparison.Ordinal);
}
