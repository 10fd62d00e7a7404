using TspActors.Media.Folders;
using TspActors.Peer.Library;
using TspActors.Peer.Terminal;

namespace TspActors.Peer.Diagnosis;

/// <summary>Checks whether the music folders exist and can be read, and how many songs they contain.</summary>
/// <param name="roots">The music folders.</param>
/// <param name="library">Asks for the state of the library; null if the library is not running.</param>
internal sealed class MusicCheck(IReadOnlyList<MusicRoot> roots, Func<CancellationToken, Task<LibraryStatus>>? library) : ICheck
{
    private const string Check = "music";

    /// <inheritdoc/>
    public string Name => Check;

    /// <inheritdoc/>
    public async Task<Finding> RunAsync(CancellationToken cancellation)
    {
        if (roots.Count == 0)
            return Finding.Warning(Check, "this peer shares no folders", "choose one with --music");
        var faults = roots.Select(FindFault).OfType<string>().ToList();
        if (faults.Count > 0)
            return Finding.Problem(
                Check, string.Join("; ", faults), "create or mount the folder, change its permissions, or choose another one with --music");
        if (library is null)
            return Finding.Ok(Check, $"{Counted.Text(roots.Count, "folder")} can be read");
        return Judge(await library(cancellation).ConfigureAwait(false), roots.Count);
    }

    /// <summary>Returns the finding for a library whose folders can be read.</summary>
    public static Finding Judge(LibraryStatus status, int folders)
    {
        var (songs, skipped) = (status.Summary.Songs, status.Summary.Problems.Count);
        var found = $"{Counted.Text(songs, "song")} in {Counted.Text(folders, "folder")}";
        if (status.Failure is { } failure)
            return Finding.Problem(Check, $"{found}; the last scan failed: {failure}", "fix the cause; the peer will retry automatically");
        if (status.Progress is not null)
            return Finding.Ok(Check, $"{found} so far; the scan is running");
        if (songs == 0)
            return Finding.Warning(Check, found, "choose a folder that contains MP3s with --music");
        return skipped == 0
            ? Finding.Ok(Check, found)
            : Finding.Warning(
                Check, $"{found}; {Counted.Text(skipped, "file")} left out", "type \"library problems\" in the console to list them");
    }

    private static string? FindFault(MusicRoot root)
    {
        if (!Directory.Exists(root.Path))
            return $"{root.Path} does not exist";
        try
        {
            using var entries = Directory.EnumerateFileSystemEntries(root.Path).GetEnumerator();
            entries.MoveNext();
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return $"{root.Path} cannot be read: {error.Message}";
        }
    }
}
