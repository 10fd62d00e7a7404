using Akka.Actor;
using TspActors.Configuration;
using TspActors.Peer.Listening;
using TspActors.Peer.Playlists;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>Writes the current song and the queue to a playlist file.</summary>
internal sealed class ExportCommand() : ConsoleCommand("export", "export <file>", "write the current song and queue to a playlist (.m3u8)")
{
    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var file = UserPath.Unquote(argument);
        if (file.Length == 0)
            throw new CommandException("export to which file? Type export <file>, for example export evening.m3u8");
        var path = Path.GetFullPath(UserPath.Expand(file));
        if (!Path.HasExtension(path))
            path += ".m3u8";
        var status = await console.GetPlaybackAsync().ConfigureAwait(false);
        QueuedSong[] songs = status.Current is { } current ? [current, .. status.Queue] : [.. status.Queue];
        if (songs.Length == 0)
            throw new CommandException("the queue is empty, so there is nothing to export");
        var entries = await WithHashesAsync(console, [.. songs.Select(PlaylistEntry.From)], cancellation).ConfigureAwait(false);
        try
        {
            PlaylistTarget.Write(path, Playlist.Format(entries));
        }
        catch (IOException error)
        {
            throw new CommandException(SafeText.Clean(error.Message));
        }

        console.Screen.Note($"exported {Counted.Text(entries.Count, "song")} to {path}");
    }

    // Songs that were queued on the gateway's web page have no hash yet. A song without a hash is written with its id and name only.
    private static async Task<IReadOnlyList<PlaylistEntry>> WithHashesAsync(
        ConsoleContext console, IReadOnlyList<PlaylistEntry> entries, CancellationToken cancellation)
    {
        if (entries.All(entry => !entry.Hash.IsEmpty))
            return entries;
        var found = await console.Lists.Finder.FindAsync(entries, cancellation).ConfigureAwait(false);
        return [.. entries.Select((entry, index) => found[index] is { } song ? PlaylistEntry.From(song) : entry)];
    }
}

/// <summary>Adds the songs in a playlist file to the queue.</summary>
internal sealed class ImportCommand() : ConsoleCommand("import", "import <file>", "add the songs in a playlist (.m3u8) to the queue")
{
    private const int MostNamed = 10;

    public override async Task RunAsync(ConsoleContext console, string argument, CancellationToken cancellation)
    {
        var file = UserPath.Unquote(argument);
        if (file.Length == 0)
            throw new CommandException("import which file? Type import <file>, for example import evening.m3u8");
        var entries = Read(UserPath.Expand(file), console.MaxQueue);
        var found = await console.Lists.Finder.FindAsync(entries, cancellation).ConfigureAwait(false);
        var songs = found.OfType<Protocol.Song>().Select(SongText.ToQueued).ToList();
        if (songs.Count > 0)
            await console.ControlPlaybackAsync(new Enqueue(songs)).ConfigureAwait(false);
        console.Screen.Note($"added {songs.Count} of {Counted.Text(entries.Count, "song")} to the queue");
        var missing = entries.Where((_, index) => found[index] is null).ToList();
        foreach (var entry in missing.Take(MostNamed))
            console.Screen.Note($"not found: {entry.Label}");
        if (missing.Count > MostNamed)
            console.Screen.Note($"not found: {missing.Count - MostNamed} more");
        if (songs.Count == 0)
            throw new CommandException("none of the songs in this playlist is shared now");
    }

    private static IReadOnlyList<PlaylistEntry> Read(string path, int capacity)
    {
        try
        {
            // Reads one more song than the queue can hold, so that the player refuses a file that is too long.
            return Playlist.Read(path, capacity + 1) is { Count: > 0 } entries
                ? entries
                : throw new CommandException($"{SafeText.Clean(path)} contains no songs");
        }
        catch (IOException error)
        {
            throw new CommandException(SafeText.Clean(error.Message));
        }
    }
}
