using System.Collections.Concurrent;
using TspActors.Media.Covers;
using TspActors.Media.Folders;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>The library: the songs in the shared folders. Scans all folders or certain paths, and keeps the index up to date.</summary>
/// <remarks>
/// Calls block until they are done. They read files on dedicated threads, never on the thread pool. Not thread-safe: make one call at a
/// time, and read the properties between calls.
/// </remarks>
/// <param name="roots">The shared folders. A folder that is missing or cannot be listed is reported as a problem; no exception is
/// thrown.</param>
/// <param name="index">The index. New files are added in batches, so a cancelled scan loses little. The library does not close it.</param>
/// <param name="settings">The settings; null for the defaults.</param>
public sealed class MusicLibrary(IReadOnlyList<MusicRoot> roots, LibraryIndex index, ScanSettings? settings = null)
{
    private readonly LibraryFiles _files = new();
    private readonly MountedFolders _mounted = new(roots);
    private readonly ScanSettings _settings = Check(settings ?? ScanSettings.Default);
    private readonly ConcurrentDictionary<string, FileStat> _cutOff = new(StringComparer.Ordinal);
    private List<SkippedFile> _folderProblems = [];

    /// <summary>
    /// The file that serves each song. If several files have the same payload, the first of them by path serves the song. Leaves are read
    /// from the index when needed.
    /// </summary>
    public IReadOnlyDictionary<ContentHash, SongFile> Songs => _files.Served;

    /// <summary>The number of files that contain songs. Several files may contain the same song.</summary>
    public int SongFiles => _files.Songs.Count;

    /// <summary>The number of files whose song is served from a different file.</summary>
    public int Copies => _files.Songs.Count - _files.Served.Count;

    /// <summary>The files and folders that were skipped, with the reasons, ordered by path.</summary>
    public IReadOnlyList<SkippedFile> Problems =>
        [.. _files.Skipped.Concat(_folderProblems).OrderBy(problem => problem.Path, StringComparer.Ordinal)];

    /// <summary>Returns a summary of the library.</summary>
    public LibrarySummary Summarize() =>
        new(
            Songs.Count, SongFiles, [.. roots.Select(root => new RootSummary(root, _files.Songs.Count(song => root.Holds(song.Path))))],
            Problems);

    /// <summary>Scans all roots: first reports the songs whose files match the index, then reads the other files.</summary>
    /// <exception cref="OperationCanceledException">The scan was cancelled.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be used.</exception>
    public ScanResult Scan(ScanObserver? observer = null, CancellationToken cancellation = default)
    {
        observer ??= new ScanObserver();
        LibraryScan scan = null!;
        _cutOff.Clear();
        scan = new LibraryScan(_files, index, _settings, observer, cancellation)
        {
            CutOff = _cutOff,
            ScanUrgent = paths =>
            {
                var (urgent, gone) = ScanPathsCore(
                    paths, waitForUnsettled: false, new ScanObserver { Changed = observer.Changed }, cancellation);
                scan.SkipHandledBy(urgent, [.. gone, .. paths.Where(path => !urgent.HasSeen(path))]);
                observer.Unsettled?.Invoke(urgent.Unsettled);
            },
        };
        var problems = new List<SkippedFile>();
        var known = index.Load(_files.Find, cancellation);
        _mounted.BeginScan();
        foreach (var found in MusicFolder.Enumerate(roots, problems.Add, cancellation))
        {
            _mounted.AddFolderOf(found.Path);
            scan.AddFound(found, known.GetValueOrDefault(found.Path));
        }

        scan.ReportChanges();
        var indexed = known.Keys.Where(path => !scan.HasSeen(path)).ToList();
        known.Clear();
        scan.Read(waitForUnsettled: true);
        _folderProblems = problems;
        RemoveGone(_files.Paths.Where(path => !scan.HasSeen(path)).ToList(), indexed);
        scan.ReportChanges();
        return new ScanResult(scan.FilesRead, scan.Unsettled);
    }

    /// <summary>
    /// Scans files and folders that may have appeared, changed or disappeared. Paths outside the roots are ignored. A file in
    /// <paramref name="paths"/> is read even if its length and times have not changed.
    /// </summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="waitForUnsettled">True if the user requested this scan: it then reads every file in the folders and, like a full scan,
    ///   waits once for recently written files to become quiet.</param>
    /// <param name="observer">Receives progress and changes.</param>
    /// <param name="cancellation">Cancels the scan.</param>
    /// <exception cref="OperationCanceledException">The scan was cancelled.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be used.</exception>
    public ScanResult ScanPaths(
        IEnumerable<string> paths, bool waitForUnsettled = false, ScanObserver? observer = null, CancellationToken cancellation = default)
    {
        var (scan, _) = ScanPathsCore(paths, waitForUnsettled, observer ?? new ScanObserver(), cancellation);
        return new ScanResult(scan.FilesRead, scan.Unsettled);
    }

    /// <summary>Returns true if the path is a root, is below a root, or contains a root.</summary>
    public static bool IsShared(IEnumerable<MusicRoot> roots, string path) =>
        roots.Any(root => root.Holds(path) || MusicRoot.IsUnder(root.Path, path));

    private (LibraryScan Scan, IReadOnlyList<string> Gone) ScanPathsCore(
        IEnumerable<string> paths, bool waitForUnsettled, ScanObserver observer, CancellationToken cancellation)
    {
        var isForced = waitForUnsettled;
        var scope = paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToHashSet(StringComparer.Ordinal);
        var scan = new LibraryScan(_files, index, _settings, observer, cancellation) { CutOff = _cutOff };
        var problems = new List<SkippedFile>();
        var pictures = new FolderPictures();
        _mounted.BeginScan();
        foreach (var path in scope.Order(StringComparer.Ordinal))
        {
            foreach (var found in MusicFolder.EnumerateUnder(roots, path, problems.Add, pictures, cancellation))
            {
                _mounted.AddFolderOf(found.Path);
                scan.AddFound(found, index.Find(found.Path), isForced || found.Path == path);
            }
        }

        scan.Read(waitForUnsettled);
        _folderProblems = [.. _folderProblems.Where(problem => !IsInScope(problem.Path, scope)), .. problems];
        var gone = FindGone(scope, scan);
        RemoveGone(gone, gone);
        scan.ReportChanges();
        return (scan, gone);
    }

    private List<string> FindGone(HashSet<string> scope, LibraryScan scan)
    {
        var gone = scope.Where(path => _files.Find(path) is not null && !scan.HasSeen(path)).ToList();
        // If a path is neither a found file nor a known one, it is or was a folder. One pass over all files covers all such folders.
        var folders = scope.Where(path => !scan.HasSeen(path) && _files.Find(path) is null).ToHashSet(StringComparer.Ordinal);
        if (folders.Count > 0)
            gone.AddRange(_files.Paths.Where(path => !scan.HasSeen(path) && IsInScope(path, folders)));
        return gone;
    }

    /// <summary>
    /// Removes the files in <paramref name="gone"/> from the library. Those in <paramref name="indexed"/> that no longer exist are also
    /// removed from the index. If a folder could not be listed or is empty, if no file is left in a root, or if a folder was on a different
    /// device that is gone, the disk may merely be unmounted. In these cases, the index keeps the entries for the files there.
    /// </summary>
    private void RemoveGone(List<string> gone, List<string> indexed)
    {
        foreach (var path in gone)
            _files.Remove(path);
        if (indexed.Count == 0)
            return;
        var absent = _folderProblems.Select(problem => problem.Path)
            .Concat(roots.Select(root => root.Path).Where(root => !_files.Paths.Any(path => MusicRoot.IsUnder(path, root))))
            .ToList();
        var empty = new Dictionary<string, bool>(StringComparer.Ordinal);
        index.Remove([.. indexed.Where(path => !absent.Exists(folder => MusicRoot.IsUnder(path, folder)) && !File.Exists(path)
            && !LiesInEmptyFolder(Path.GetDirectoryName(path), empty) && !_mounted.IsUnmounted(path))]);
    }

    // Returns true if the nearest folder on the path that still exists is empty, like the mount point of a missing disk.
    private static bool LiesInEmptyFolder(string? folder, Dictionary<string, bool> known)
    {
        if (folder is null)
            return false;
        if (known.TryGetValue(folder, out var isEmpty))
            return isEmpty;
        try
        {
            isEmpty = Directory.Exists(folder)
                ? !Directory.EnumerateFileSystemEntries(folder).Any()
                : LiesInEmptyFolder(Path.GetDirectoryName(folder), known);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A folder that cannot be listed may come back.
            isEmpty = true;
        }

        known[folder] = isEmpty;
        return isEmpty;
    }

    private static bool IsInScope(string path, HashSet<string> scope)
    {
        var lookup = scope.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var end = path.Length; end > 0; end = path.LastIndexOf(Path.DirectorySeparatorChar, end - 1))
        {
            if (lookup.Contains(path.AsSpan(0, end)))
                return true;
        }

        return false;
    }

    private static ScanSettings Check(ScanSettings settings)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Parallelism, 1, nameof(settings));
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.BatchFiles, 1, nameof(settings));
        return settings;
    }
}
