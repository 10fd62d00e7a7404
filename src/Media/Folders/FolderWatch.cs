using TspActors.Media.Tags;

namespace TspActors.Media.Folders;

/// <summary>Has the operating system tell what happens in the shared folders, and gathers the paths until they are quiet.</summary>
/// <remarks>
/// What lies behind a symbolic link inside a root, and what other machines do on a network share, is not told; a periodic scan has to find that. May be used from
/// several threads.
/// </remarks>
public sealed class FolderWatch : IDisposable
{
    // What inotify says on Linux: ENOSPC, EMFILE.
    private const int NoSpaceForWatches = 28;
    private const int TooManyInstances = 24;

    private readonly IReadOnlyList<MusicRoot> _roots;
    private readonly TouchedPaths _touched;
    private readonly Action _onTouched;
    private readonly Action<string, string> _onUnwatched;
    private readonly Lock _gate = new();
    private readonly Dictionary<string, FileSystemWatcher> _watchers = new(StringComparer.Ordinal);
    private readonly HashSet<string> _said = new(StringComparer.Ordinal);
    private readonly HashSet<string> _unwatched = new(StringComparer.Ordinal);
    private bool _isDisposed;

    // Specs put a watcher here that fails when they want it to.
    internal Func<string, FileSystemWatcher> Create { get; init; } = root => new FileSystemWatcher(root);

    internal Action<FileSystemWatcher> Start { get; init; } = watcher => watcher.EnableRaisingEvents = true;

    /// <summary>Watches nothing until <see cref="Renew()"/>.</summary>
    /// <param name="roots">The folders.</param>
    /// <param name="touched">Where the paths are gathered.</param>
    /// <param name="onTouched">Called, on any thread, when paths begin to wait.</param>
    /// <param name="onUnwatched">Called, on any thread and once for every root, with the root and the reason why it cannot be watched.</param>
    public FolderWatch(IReadOnlyList<MusicRoot> roots, TouchedPaths touched, Action onTouched, Action<string, string> onUnwatched) =>
        (_roots, _touched, _onTouched, _onUnwatched) = (roots, touched, onTouched, onUnwatched);

    /// <summary>True while every root is watched.</summary>
    public bool IsComplete
    {
        get
        {
            lock (_gate)
                return _unwatched.Count == 0;
        }
    }

    /// <summary>
    /// Begins to watch the roots, or begins anew: a folder that was taken away and came back, or on which a disk was mounted, is another one for the operating
    /// system. Slow for many folders.
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
        // Before, not after: a limit that is reached while the folders are gone through comes as an error of the watcher.
        Restore(root.Path);
        try
        {
            watcher = Watch(root.Path);
            if (new DriveInfo(root.Path).DriveType == DriveType.Network)
                failure = "it is on a network share, where changes by other machines are not told";
        }
        catch (Exception error) when (error is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            // A folder that does not exist comes as an argument error.
            failure = Directory.Exists(root.Path) ? Describe(error) : "it does not exist";
        }

        Take(root.Path, watcher);
        if (failure is not null)
            Fail(root.Path, failure);
    }

    private void Take(string root, FileSystemWatcher? watcher)
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
            watcher.Created += (_, happened) => OnCome(happened.FullPath);
            watcher.Changed += (_, happened) => OnChanged(happened.FullPath);
            watcher.Deleted += (_, happened) => OnGone(happened.FullPath);
            watcher.Renamed += (_, happened) =>
            {
                OnGone(happened.OldFullPath);
                OnCome(happened.FullPath);
            };
            watcher.Error += (_, happened) => OnError(root, happened.GetException());
            Start(watcher);
            return watcher;
        }
        catch
        {
            watcher.Dispose();
            throw;
        }
    }

    // Of what is no MP3 only folders matter, and the files that hold patterns. What is gone can have been a folder.
    private void OnCome(string path)
    {
        if (FolderRules.IsMp3(path) || Directory.Exists(path))
            Touch(path);
        else
            OnPatterns(path);
    }

    private void OnChanged(string path)
    {
        if (FolderRules.IsMp3(path))
            Touch(path);
        else
            OnPatterns(path);
    }

    private void OnGone(string path)
    {
        if (Path.GetFileName(path) == FolderRules.FileName)
            OnPatterns(path);
        else
            Touch(path);
    }

    private void OnPatterns(string path)
    {
        if (Path.GetFileName(path) == FolderRules.FileName)
            Touch(Path.GetDirectoryName(path)!);
    }

    private void Touch(string path)
    {
        if (_touched.Touch(path))
            _onTouched();
    }

    private void OnError(string root, Exception error)
    {
        // A folder that may not be read holds nothing that is shared; it is a problem that the scan tells, and all others are watched.
        if (error is UnauthorizedAccessException)
            return;
        // An overflow loses events but not the watch. Anything else, such as the limit of inotify, leaves folders unwatched: from the first time on only the
        // sweep looks through them, for to look at once would begin the watch anew, which would fail again.
        var isNews = error is InternalBufferOverflowException || Fail(root, Describe(error));
        if (isNews && _touched.TouchEverything())
            _onTouched();
    }

    private static string Describe(Exception error) => OperatingSystem.IsLinux() && error.HResult is NoSpaceForWatches or TooManyInstances
        ? "the system's limit for watched folders is reached (sysctl fs.inotify.max_user_watches and max_user_instances raise it)"
        : TagText.Clean(error.Message, 200);

    /// <returns>True when it was not known.</returns>
    private bool Fail(string root, string reason)
    {
        bool isNews;
        lock (_gate)
        {
            _unwatched.Add(root);
            isNews = !_isDisposed && _said.Add(root);
        }

        if (isNews)
            _onUnwatched(root, reason);
        return isNews;
    }

    private void Restore(string root)
    {
        lock (_gate)
            _unwatched.Remove(root);
    }
}
