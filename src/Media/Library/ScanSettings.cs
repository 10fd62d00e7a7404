namespace TspActors.Media.Library;

/// <summary>How a scan goes about its work.</summary>
public sealed record ScanSettings
{
    /// <summary>The settings in force where none are given.</summary>
    public static ScanSettings Default { get; } = new();

    /// <summary>How many files are read at the same time, each on a thread of its own.</summary>
    public int Parallelism { get; init; } = 2;

    /// <summary>How many files are read before they are written to the index together; so much work a crash costs at most.</summary>
    public int BatchFiles { get; init; } = 64;

    /// <summary>A new or changed file that was written to less than this ago may still be on its way here: it is left for later.</summary>
    public TimeSpan QuietTime { get; init; }

    /// <summary>Limits for a single file.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;
}

/// <summary>How far a scan is.</summary>
/// <param name="Files">Files dealt with: looked at and found unchanged, or read.</param>
/// <param name="Total">Files there are, as far as the folders have been walked.</param>
/// <param name="FilesRead">Files that had to be read.</param>
/// <param name="BytesRead">What those hold together.</param>
/// <param name="BytesToRead">What all the files hold that have to be read; 0 while the folders are walked.</param>
/// <param name="Problems">Files left out so far.</param>
public readonly record struct ScanProgress(int Files, int Total, int FilesRead, long BytesRead, long BytesToRead, int Problems);

/// <summary>What a scan did.</summary>
/// <param name="FilesRead">Files that had to be read because they were new or changed.</param>
/// <param name="Unsettled">Files that are still being written to; they are to be looked at again in a moment.</param>
public sealed record ScanResult(int FilesRead, IReadOnlyList<string> Unsettled);

/// <summary>What is different in the library since the last time it was told.</summary>
/// <param name="Served">Songs that are new, or that are served from another file, or whose tags have changed.</param>
/// <param name="Gone">Songs of which no file is left.</param>
public sealed record LibraryChanges(IReadOnlyList<SongFile> Served, IReadOnlyList<Protocol.ContentHash> Gone)
{
    /// <summary>True when nothing is different.</summary>
    public bool IsEmpty => Served.Count == 0 && Gone.Count == 0;
}

/// <summary>What a scan tells while it runs. All are called on the scan's threads, one call at a time; what they throw ends the scan.</summary>
public sealed record ScanObserver
{
    /// <summary>After every file.</summary>
    public Action<ScanProgress>? Progressed { get; init; }

    /// <summary>Asked after every file that was read: files and folders that are to be looked at right now, not when the scan is over.</summary>
    public Func<IReadOnlyList<string>>? TakeUrgent { get; init; }

    /// <summary>Of what <see cref="TakeUrgent"/> gave, files that are still being written to.</summary>
    public Action<IReadOnlyList<string>>? Unsettled { get; init; }

    /// <summary>When the unchanged files are known, after every batch that was read, and at the end; never with nothing in it.</summary>
    public Action<LibraryChanges>? Changed { get; init; }
}
