using TspActors.Media.Covers;
using TspActors.Media.Tags;

namespace TspActors.Media.Folders;

/// <summary>A watch on the shared folders. It collects the changed paths that the operating system reports.</summary>
/// <remarks>
/// The operating system does not report changes behind a symbolic link inside a root, or changes by other machines on a network share. A
/// periodic scan must find such changes. Thread-safe.
/// </remarks>
public sealed class FolderWatch : IDisposable
{
    // The error codes of inotify on Linux: ENOSPC and EMFILE.
    private const int NoSpaceForWatches = 28;
    private const int TooManyInstances = 24;

    private readonly IReadOnlyList<MusicRoot> _roots;
    private readonly TouchedPaths _touched;
    private readonly Action _onTouched;
    private readonly Action<string, string> _onUnwatched;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _reported = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unwatched = new(StringComparer.Ordinal);
    private bool _isDisposed;

    // Tests replace this with a watcher that fails on demand.
    internal Func<string, FileSystemWatcher> Create { get; init; } = root => new FileSystemWatcher(root);

    internal Action<FileSystemWatcher> Start { get; init; } = watcher => watcher.EnableRaisingEvents = true;

    /// <summary>Creates a watch that is inactive until <see cref="Renew()"/> is called.</summary>
    /// <param name="roots">The folders to watch.</param>
    /// <param name="touched">Collects the changed paths.</param>
    /// <param name="onTouched">Called on any thread when a change is collected and no other change is waiting.</param>
    /// <param name="onUnwatched">Called on any thread, once per root, with the root and the reason why it cannot be watched.</param>
    public FolderWatch(IReadOnlyList<MusicRoot> roots, TouchedPaths touched, Action onTouched, Action<string, string> onUnwatched) =>
        (_roots, _touched, _onTouched, _onUnwatched) = (roots, touched, onTouched, onUnwatched);

    /// <summary>False while a root is unwatched, or only partly watched, as on a network share.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
                return _unwatched.Count == 0;
        }
    }

    /// <summary>
    /// Starts or restarts the watch on all roots. A restart is needed after a folder has been recreated, or a disk mounted on it, because
    /// the operating system then treats it as a different folder. A restart is slow if there are many folders.
    /// </summary>
    public void Renew()
    {
        foreach (var root in _roots)
            Renew(root);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            foreach (var watcher in _watchers.Values)
                watcher.Dispose();
            _watchers.Clear();
        }
    }

    private void Renew(MusicRoot root)
    {
        FileSystemWatcher? watcher = null;
        string? failure = null;
        // The old watcher is disposed of first, because both together could exceed the system's limit even if each alone does not. The
        // scan that the caller runs afterwards finds the changes that neither of them reports.
        Replace(root.Path, null);
        // ClearUnwatched must come before Watch, because a watcher that is starting may already reach a limit and mark the root as
        // unwatched.
        ClearUnwatched(root.Path);
        try
        {
            watcher = Watch(root.Path);
            if (new DriveInfo(root.Path).DriveType == DriveType.Network)
                failure = "it is on a network share, where changes by other machines are not reported";
        }
        catch (Exception error)
            when (error is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // For a folder that does not exist, the watcher throws an ArgumentException.
            failure = Directory.Exists(root.Path) ? Describe(error)
                : File.Exists(root.Path) ? "it is a file, not a folder"
                : "it does not exist";
        }

        Replace(root.Path, watcher);
        if (failure is not null)
            MarkUnwatched(root.Path, failure);
    }

    private void Replace(string root, FileSystemWatcher? watcher)
    {
        lock (_gate)
        {
            _watchers.Remove(root, out var earlier);
            earlier?.Dispose();
            if (_isDisposed)
                watcher?.Dispose();
            else if (watcher is not null)
                _watchers.Add(root, watcher);
        }
    }

    private FileSystemWatcher Watch(string root)
    {
        var watcher = Create(root);
        try
        {
            watcher.IncludeSubdirectories = true;
            watcher.NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size;
            watcher.Created += (_, change) => OnAppeared(change.FullPath);
            watcher.Changed += (_, change) => OnChanged(change.FullPath);
            watcher.Deleted += (_, change) => OnDisappeared(change.FullPath);
            watcher.Renamed += (_, change) =>
            {
                OnDisappeared(change.OldFullPath);
                OnAppeared(change.FullPath);
            };
            watcher.Error += (_, change) => OnError(root, change.GetException());
            Start(watcher);
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    // Apart from MP3 files, only folders, covers and .tspignore files matter. A path that is gone may have been a folder.
    private void OnAppeared(string path)
    {
        if (FolderRules.IsMp3(path) || Directory.Exists(path))
            Touch(path);
        else
            OnFolderFile(path);
    }

    private void OnChanged(string path)
    {
        if (FolderRules.IsMp3(path))
            Touch(path);
        else
            OnFolderFile(path);
    }

    private void OnDisappeared(string path)
    {
        if (IsFolderFile(path))
            OnFolderFile(path);
        else
            Touch(path);
    }

    private void OnFolderFile(string path)
    {
        if (IsFolderFile(path))
            Touch(Path.GetDirectoryName(path)!);
    }

    // Patterns and covers affect all files in their folder.
    private static bool IsFolderFile(string path) =>
        Path.GetFileName(path) is var name && (name == FolderRules.FileName || FolderPicture.RankOf(name) >= 0);

    private void Touch(string path)
    {
        if (_touched.Touch(path))
            _onTouched();
    }

    private void OnError(string root, Exception error)
    {
        // A folder without read permission, or with a path that is too long, contains nothing that is shared. The scan reports it, and all
        // other folders are still watched.
        if (error is UnauthorizedAccessException or PathTooLongException)
            return;
        // After an overflow, events are lost, but the watch continues. Any other error, such as an inotify limit, leaves folders unwatched.
        // Only a root's first such error starts a scan immediately. Later ones wait for the sweep, because each scan renews the watch,
        // which would fail again.
        var needsScan = error is InternalBufferOverflowException || MarkUnwatched(root, Describe(error));
        if (needsScan && _touched.TouchEverything())
            _onTouched();
    }

    private static string Describe(Exception error) => OperatingSystem.IsLinux() && error.HResult is NoSpaceForWatches or TooManyInstances
        ? "the system's limit on watched folders has been reached "
            + "(raise fs.inotify.max_user_watches and fs.inotify.max_user_instances with sysctl)"
        : TagText.Clean(error.Message, 200);

    /// <summary>Marks a root as unwatched and reports it once.</summary>
    /// <returns>True if this call reported the root.</returns>
    private bool MarkUnwatched(string root, string reason)
    {
        bool isFirstReport;
        lock (_gate)
        {
            _unwatched.Add(root);
            isFirstReport = !_isDisposed && _reported.Add(root);
        }

        if (isFirstReport)
            _onUnwatched(root, reason);
        return isFirstReport;
    }

    private void ClearUnwatched(string root)
    {
        lock (_gate)
            _unwatched.Remove(root);
    }
}
