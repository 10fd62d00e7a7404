namespace TspActors.Peer.Library;

/// <summary>The work on the library that waits for its turn: a scan of everything, or a look at some paths.</summary>
/// <param name="maxPaths">With more paths than these, a scan takes their place.</param>
internal sealed class LibraryBacklog(int maxPaths)
{
    private readonly HashSet<string> _paths = new(StringComparer.Ordinal);
    private bool _scan;
    private bool _isSweep;

    /// <summary>Adds a scan.</summary>
    public void AddScan()
    {
        _scan = true;
        _paths.Clear();
    }

    /// <summary>Adds a scan that nobody asked for. A scan that waits already stays what it is.</summary>
    public void AddSweep()
    {
        _isSweep = !_scan;
        AddScan();
    }

    /// <summary>Adds paths to look at. A scan that waits covers them.</summary>
    public void AddPaths(IEnumerable<string> paths)
    {
        if (_scan)
            return;
        _paths.UnionWith(paths);
        if (_paths.Count > maxPaths)
            AddScan();
    }

    /// <summary>Removes and returns all that waits, as one piece of work; null when nothing does.</summary>
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

/// <summary>A piece of work on the library.</summary>
/// <param name="IsScan">True for a scan of everything, false for a look at <paramref name="Paths"/>.</param>
/// <param name="IsSweep">True for a scan that nobody asked for.</param>
/// <param name="Paths">The files and folders to look at.</param>
internal sealed record LibraryTask(bool IsScan, bool IsSweep, IReadOnlyList<string> Paths);
