namespace TspActors.Media.Library;

/// <summary>The settings for a scan.</summary>
public sealed record ScanSettings
{
    /// <summary>The default settings.</summary>
    public static ScanSettings Default { get; } = new();

    /// <summary>The number of files that are read in parallel, each on its own thread.</summary>
    public int Parallelism { get; init; } = 2;

    /// <summary>The maximum number of files that are written to the index together. A crash loses at most one such batch.</summary>
    public int BatchFiles { get; init; } = 64;

    /// <summary>How long a new or changed file must be quiet before it is read. Until then, it may still be incomplete.</summary>
    public TimeSpan QuietTime { get; init; }

    /// <summary>
    /// Whether a file is read again if it was replaced with a different file of the same length and time, or if its status has changed. Set
    /// it to false only for file systems without stable inode numbers.
    /// </summary>
    public bool ChecksInode { get; init; } = true;

    /// <summary>The limits for a single file.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;
}

/// <summary>The progress of a scan.</summary>
/// <param name="Files">The number of files processed so far, unchanged files included.</param>
/// <param name="Total">The number of files found so far.</param>
/// <param name="FilesRead">The number of files read so far.</param>
/// <param name="BytesRead">The total size of the files read so far.</param>
/// <param name="BytesToRead">The total size of all files found so far that must be read.</param>
/// <param name="Problems">The number of files skipped so far.</param>
public readonly record struct ScanProgress(int Files, int Total, int FilesRead, long BytesRead, long BytesToRead, int Problems);

/// <summary>The result of a scan.</summary>
/// <param name="FilesRead">The number of files that had to be read because they were new or changed.</param>
/// <param name="Unsettled">The files that are still being written to, and must be scanned again soon.</param>
public sealed record ScanResult(int FilesRead, IReadOnlyList<string> Unsettled);

/// <summary>The changes in the library since the last report.</summary>
/// <param name="Served">The songs that are new, are now served from a different file, or have new tags.</param>
/// <param name="Gone">The songs that no file contains any more.</param>
public sealed record LibraryChanges(IReadOnlyList<SongFile> Served, IReadOnlyList<Protocol.ContentHash> Gone)
{
    /// <summary>True when nothing has changed.</summary>
    public bool IsEmpty => Served.Count == 0 && Gone.Count == 0;
}

/// <summary>
/// The callbacks of a running scan. Except for <see cref="DequeueUrgent"/>, only one is called at a time. An exception in a callback
/// stops the scan.
/// </summary>
public sealed record ScanObserver
{
    /// <summary>Called when a file that must be read is found, and whenever a file has been processed.</summary>
    public Action<ScanProgress>? Progressed { get; init; }

    /// <summary>
    /// In a full scan, called after every file that was read. Returns the files and folders that must be scanned immediately, instead of
    /// after this scan.
    /// </summary>
    public Func<IReadOnlyList<string>>? DequeueUrgent { get; init; }

    /// <summary>Called with the paths from <see cref="DequeueUrgent"/> that are still being written to.</summary>
    public Action<IReadOnlyList<string>>? Unsettled { get; init; }

    /// <summary>
    /// Called with the changes after every batch and at the end, and in a full scan also once the unchanged files are known. It is not
    /// called if there are no changes.
    /// </summary>
    public Action<LibraryChanges>? Changed { get; init; }
}
