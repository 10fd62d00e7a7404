using TspActors.Media.Covers;
using TspActors.Media.Library;

namespace TspActors.Media.Folders;

/// <summary>A file whose name ends in .mp3, in a shared folder.</summary>
/// <param name="Path">The path of the file.</param>
/// <param name="Stat">The length and time of the file; null if they could not be read. In that case, reading the file reports the
///   reason.</param>
public readonly record struct FoundFile(string Path, FileStat? Stat)
{
    /// <summary>The picture in the file's folder; null if there is none.</summary>
    public FolderPicture? Picture { get; init; }
}

/// <summary>Finds the MP3 files in the shared folders.</summary>
public static class MusicFolder
{
    /// <summary>
    /// Enumerates the *.mp3 files (in upper or lower case) under <paramref name="roots"/>, folder by folder, sorted by name within each
    /// folder.
    /// </summary>
    /// <remarks>
    /// Names that begin with a dot are skipped, and so is everything that the patterns of the root or a .tspignore file exclude. A file
    /// that is reached twice, through links or because roots overlap, is returned only once. A folder that cannot be listed is reported to
    /// <paramref name="onProblem"/>; no exception is thrown.
    /// </remarks>
    public static IEnumerable<FoundFile> Enumerate(
        IReadOnlyCollection<MusicRoot> roots, Action<SkippedFile> onProblem, CancellationToken cancellation = default) =>
        Walk(roots, [.. roots.Select(root => (root, root.Path))], onProblem, cancellation);

    /// <summary>
    /// Enumerates one file, or all files in and below one folder. The result is empty if the path does not exist, is excluded, or neither
    /// lies in a root nor contains one.
    /// </summary>
    public static IEnumerable<FoundFile> EnumerateUnder(
        IReadOnlyCollection<MusicRoot> roots, string path, Action<SkippedFile> onProblem, CancellationToken cancellation = default) =>
        EnumerateUnder(roots, path, onProblem, new FolderPictures(), cancellation);

    /// <summary>Like the public overload, but with a picture cache that several calls share.</summary>
    internal static IEnumerable<FoundFile> EnumerateUnder(
        IReadOnlyCollection<MusicRoot> roots, string path, Action<SkippedFile> onProblem, FolderPictures pictures,
        CancellationToken cancellation)
    {
        // A single file is checked directly. Listing its folder would be too slow if, for example, all of the folder's ten thousand files
        // change.
        if (!Directory.Exists(path))
            return roots.Where(root => root.Holds(path)).Select(root => FindRules(root, path, onProblem)).FirstOrDefault(
                rules => rules is not null) is { } admitting && TryReadStat(path) is { } stat
                ? [new FoundFile(path, stat) { Picture = pictures.Find(Path.GetDirectoryName(path)!, admitting) }]
                : [];
        var starts = roots.Where(root => root.Holds(path) || MusicRoot.IsUnder(root.Path, path)).Select(
            root => (root, root.Holds(path) ? path : root.Path));
        return Walk(roots, [.. starts], onProblem, cancellation);
    }

    private static IEnumerable<FoundFile> Walk(
        IReadOnlyCollection<MusicRoot> roots, List<(MusicRoot Root, string Start)> starts, Action<SkippedFile> onProblem,
        CancellationToken cancellation)
    {
        // When roots overlap, a later root yields only those files of a folder that no earlier root has yielded.
        var knownNames = starts.Count > 1 ? new Dictionary<string, HashSet<string>>(RealPath.Comparer) : null;
        foreach (var (root, start) in starts)
        {
            var walk = new FolderWalk(root, roots, knownNames, onProblem);
            walk.Begin(start);
            while (walk.NextFolder() is { } files)
            {
                cancellation.ThrowIfCancellationRequested();
                foreach (var file in files)
                    yield return file;
            }
        }
    }

    // Returns the rules of the file's folder if they admit the file.
    private static FolderRules? FindRules(MusicRoot root, string path, Action<SkippedFile> onProblem)
    {
        try
        {
            return path.Length > root.Path.Length && FolderRules.ForFolder(root, Path.GetDirectoryName(path)!) is { } rules
                && rules.AdmitsFile(path) ? rules : null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            onProblem(FolderWalk.Unreadable(Path.GetDirectoryName(path)!, error));
            return null;
        }
    }

    /// <summary>Reads the length and time of a file. Returns null if the file is missing or its status cannot be read.</summary>
    internal static FileStat? TryReadStat(string path)
    {
        try
        {
            return FileStat.Read(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
