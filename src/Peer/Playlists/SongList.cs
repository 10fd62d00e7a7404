using TspActors.Media.Library;

namespace TspActors.Peer.Playlists;

/// <summary>A list of songs that the peer keeps in its data folder, as a playlist that people and other programs can read.</summary>
/// <param name="path">The file.</param>
/// <param name="capacity">The maximum number of songs.</param>
/// <param name="keepsFirst">Which songs are kept if there are too many: true = the first ones, as in a queue; false = the newest ones,
///   which are last.</param>
internal sealed class SongList(string path, int capacity, bool keepsFirst = false)
{
    /// <summary>The name of the file with the favourite songs.</summary>
    public const string FavouritesName = "favourites.m3u8";

    /// <summary>The name of the file with the songs that have been played.</summary>
    public const string PlayedName = "played.m3u8";

    /// <summary>The name of the file with the queue.</summary>
    public const string QueueName = "queue.m3u8";

    // A name has at most 500 characters, which are at most 1,500 bytes.
    private const int MaxEntryBytes = 2 * 1024;

    /// <summary>The path of the file.</summary>
    public string Path => path;

    /// <summary>The maximum number of songs.</summary>
    public int Capacity => capacity;

    /// <summary>Returns the songs in the order of the file; empty if the file does not exist.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public IReadOnlyList<PlaylistEntry> Load() =>
        File.Exists(path) ? [.. Keep(Playlist.Read(path, int.MaxValue, MaxBytes))] : [];

    /// <summary>Replaces the file in one step.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Save(IEnumerable<PlaylistEntry> entries) =>
        Write(() => PrivateFile.Replace(path, Playlist.Format(Keep(entries))));

    /// <summary>Adds a song to the end of the file.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Append(PlaylistEntry entry) => Write(() =>
    {
        using var file = PrivateFile.Open(path, FileMode.Append, FileAccess.Write);
        using var writer = new StreamWriter(file);
        writer.Write(file.Position == 0 ? Playlist.Format([entry]) : Playlist.Format(entry));
    });

    private IEnumerable<PlaylistEntry> Keep(IEnumerable<PlaylistEntry> entries) =>
        keepsFirst ? entries.Take(capacity) : entries.TakeLast(capacity);

    // A list to which songs are appended grows to twice its capacity before it is rewritten.
    private long MaxBytes => Math.Max(Playlist.MaxBytes, 2L * capacity * MaxEntryBytes);

    private void Write(Action write)
    {
        try
        {
            write();
        }
        catch (UnauthorizedAccessException error)
        {
            throw new IOException($"no permission to write {path}", error);
        }
    }
}
