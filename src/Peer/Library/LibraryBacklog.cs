namespace TspActors.Peer.Library;

/// <summary>The scans that are waiting to run: a full scan, or a set of paths to scan.</summary>
/// <param name="maxPaths">The maximum number of paths to keep. If there are more, a full scan replaces them.</param>
internal sealed class LibraryBacklog(int maxPaths)
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private bool _scan;
    private bool _isSweep;

    /// <summary>Adds a full scan.</summary>
    public void AddScan()
    {
        (_scan, _isSweep) = (true, false);
        _paths.Clear();
    }

    /// <summary>Adds a full scan started by a timer. It counts as a sweep only if no full scan is already waiting.</summary>
    public void AddSweep()
    {
        if (_scan)
            return;
        AddScan();
        _isSweep = true;
    }

    /// <summary>Adds paths to scan, unless a waiting full scan covers them.</summary>
    public void AddPaths(IEnumerable<string> paths)
    {
        if (_scan)
            return;
        _paths.UnionWith(paths);
        if (_paths.Count > maxPaths)
            AddScan();
    }

    /// <summary>Removes and returns all waiting work as one task; null when there is none.</summary>
    public LibraryTask? Dequeue()
    {
        if (!_scan && _paths.Count == 0)
            return null;
        var task = new LibraryTask(_scan, _isSweep, [.. _paths]);
        (_scan, _isSweep) = (false, false);
        _paths.Clear();
        return task;
    }
}

/// <summary>A task for the library: a full scan, or a scan of some paths.</summary>
/// <param name="IsScan">True for a full scan, false for a scan of <paramref name="Paths"/>.</param>
/// <param name="IsSweep">True for a full scan started by a timer.</param>
/// <param name="Paths">The files and folders to scan.</param>
internal sealed record LibraryTask(bool IsScan, bool IsSweep, IReadOnlyList<string> Paths);
