using TspActors.Media.Folders;
using TspActors.Protocol;

namespace TspActors.Media.Library;

/// <summary>All songs under the shared folders: scans them, looks again at parts of them, and keeps the index up to date.</summary>
/// <remarks>
/// Calls block until they are done and do their reading on threads of their own, never on the pool's. Not thread-safe: one call at a time, and
/// the properties in between.
/// </remarks>
/// <param name="roots">The shared folders; one that is missing or may not be listed is a problem, not an error.</param>
/// <param name="index">What is already known; new files are added in batches, so a cancelled scan loses little. Its owner closes it.</param>
/// <param name="settings">Null for the defaults.</param>
public sealed class MusicLibrary(IReadOnlyList<MusicRoot> roots, LibraryIndex index, ScanSettings? settings = null)
{
    private readonly LibraryFiles _files = new();
    private readonly ScanSettings _settings = Check(settings ?? ScanSettings.Default);
    private List<SkippedFile> _folderProblems = [];

    /// <summary>Every song once: of several files with the same payload the first by path is the one to serve. Leaves are read from the index when needed.</summary>
    public IReadOnlyDictionary<ContentHash, SongFile> Songs => _files.Served;

    /// <summary>Files that hold songs, copies included.</summary>
    public int SongFiles => _files.Songs.Count;

    /// <summary>Files that are copies of a song that is served from another file.</summary>
    public int Copies => _files.Songs.Count - _files.Served.Count;

    /// <summary>Files and folders that were left out and why, by path.</summary>
    public IReadOnlyList<SkippedFile> Problems => [.. _files.Skipped.Concat(_folderProblems).OrderBy(problem => problem.Path, StringComparer.Ordinal)];

    /// <summary>What there is, counted.</summary>
    public LibrarySummary Summarize() =>
        new(Songs.Count, SongFiles, [.. roots.Select(root => new RootSummary(root, _files.Songs.Count(song => root.Holds(song.Path))))], Problems);

    /// <summary>Walks all roots. Files as the index knows them are told of first; then the others are read.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be used.</exception>
    public ScanResult Scan(ScanObserver? observer = null, CancellationToken cancellation = default)
    {
        observer ??= new ScanObserver();
        LibraryRun run = null!;
        run = new LibraryRun(_files, index, _settings, observer, cancellation)
        {
            Look = paths =>
            {
                var (looked, gone) = LookAt(paths, waitForUnsettled: false, new ScanObserver { Changed = observer.Changed }, cancellation);
                run.LeaveTo(looked, [.. gone, .. paths.Where(path => !looked.HasSeen(path))]);
                observer.Unsettled?.Invoke(looked.Unsettled);
            },
        };
        var problems = new List<SkippedFile>();
        var known = index.Load(_files.Find, cancellation);
        foreach (var found in MusicFolder.Enumerate(roots, problems.Add, cancellation))
            run.Meet(found, known.GetValueOrDefault(found.Path));
        run.TellChanges();
        var indexed = known.Keys.Where(path => !run.HasSeen(path)).ToList();
        known.Clear();
        run.Read(waitForUnsettled: true);
        _folderProblems = problems;
        Forget(_files.Paths.Where(path => !run.HasSeen(path)).ToList(), indexed);
        run.TellChanges();
        return new ScanResult(run.FilesRead, run.Unsettled);
    }

    /// <summary>Looks again at files and folders that may have come, changed or gone; paths outside the roots are passed over.</summary>
    /// <param name="paths">The files and folders.</param>
    /// <param name="waitForUnsettled">Whether files that were written to just now are given the time to become quiet, as a scan does.</param>
    /// <param name="observer">What is told meanwhile.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be used.</exception>
    public ScanResult Look(
        IEnumerable<string> paths, bool waitForUnsettled = false, ScanObserver? observer = null, CancellationToken cancellation = default)
    {
        var (run, _) = LookAt(paths, waitForUnsettled, observer ?? new ScanObserver(), cancellation);
        return new ScanResult(run.FilesRead, run.Unsettled);
    }

    /// <summary>True when the path is one of the roots, or lies under one, or holds one.</summary>
    public static bool IsShared(IEnumerable<MusicRoot> roots, string path) => roots.Any(root => root.Holds(path) || MusicRoot.IsUnder(root.Path, path));

    private (LibraryRun Run, IReadOnlyList<string> Gone) LookAt(
        IEnumerable<string> paths, bool waitForUnsettled, ScanObserver observer, CancellationToken cancellation)
    {
        var scope = paths.Select(path => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path))).ToHashSet(StringComparer.Ordinal);
        var run = new LibraryRun(_files, index, _settings, observer, cancellation);
        var problems = new List<SkippedFile>();
        foreach (var path in scope.Order(StringComparer.Ordinal))
        {
            foreach (var found in MusicFolder.EnumerateUnder(roots, path, problems.Add, cancellation))
                run.Meet(found, index.Find(found.Path));
        }

        run.Read(waitForUnsettled);
        _folderProblems = [.. _folderProblems.Where(problem => !IsInScope(problem.Path, scope)), .. problems];
        var gone = FindGone(scope, run);
        Forget(gone, gone);
        run.TellChanges();
        return (run, gone);
    }

    private List<string> FindGone(HashSet<string> scope, LibraryRun run)
    {
        var gone = scope.Where(path => _files.Find(path) is not null && !run.HasSeen(path)).ToList();
        // What is neither a file that was found nor one that was known is, or was, a folder: then all files are asked, once for all such folders.
        var folders = scope.Where(path => !run.HasSeen(path) && _files.Find(path) is null).ToHashSet(StringComparer.Ordinal);
        if (folders.Count > 0)
            gone.AddRange(_files.Paths.Where(path => !run.HasSeen(path) && IsInScope(path, folders)));
        return gone;
    }

    /// <summary>
    /// Takes files that are gone out of the library and the index. Where a folder could not be listed, or nothing is left of a whole root, a disk may just not
    /// be there now: what the index knows of its files is kept.
    /// </summary>
    private void Forget(List<string> gone, List<string> indexed)
    {
        foreach (var path in gone)
            _files.Remove(path);
        if (indexed.Count == 0)
            return;
        var absent = _folderProblems.Select(problem => problem.Path)
            .Concat(roots.Select(root => root.Path).Where(root => !_files.Paths.Any(path => MusicRoot.IsUnder(path, root))))
            .ToList();
        index.Remove([.. indexed.Where(path => !absent.Exists(folder => MusicRoot.IsUnder(path, folder)) && !File.Exists(path))]);
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
