using System.Runtime.ExceptionServices;

namespace TspActors.Media;

/// <summary>How a scan goes about its work.</summary>
public sealed record ScanSettings
{
    /// <summary>The settings in force where none are given.</summary>
    public static ScanSettings Default { get; } = new();

    /// <summary>How many files are read at the same time, each on a thread of its own.</summary>
    public int Parallelism { get; init; } = 2;

    /// <summary>How many files are read before they are written to the index together; so much work a crash costs at most.</summary>
    public int BatchFiles { get; init; } = 64;

    /// <summary>Limits for a single file.</summary>
    public MediaLimits Limits { get; init; } = MediaLimits.Default;
}

/// <summary>How far a scan is.</summary>
/// <param name="Files">Files dealt with.</param>
/// <param name="FilesRead">Those of them that had to be read.</param>
/// <param name="BytesRead">What those hold together.</param>
/// <param name="Problems">Files left out so far.</param>
public readonly record struct ScanProgress(int Files, int FilesRead, long BytesRead, int Problems);

/// <summary>Finds all songs under the shared folders; only files that are new or changed since the index saw them are read.</summary>
/// <remarks>Blocks its caller until it is done and does its reading on threads of its own, never on the pool's.</remarks>
public static class LibraryScanner
{
    /// <summary>Scans <paramref name="roots"/> and brings <paramref name="index"/> up to date.</summary>
    /// <param name="roots">The shared folders; one that is missing or may not be listed is a problem of the snapshot, not an error.</param>
    /// <param name="index">What is already known; new files are added in batches, so a cancelled scan loses little.</param>
    /// <param name="settings">Null for the defaults.</param>
    /// <param name="onProgress">Called after every file, never twice at the same time, on any thread; what it throws ends the scan.</param>
    /// <param name="cancellation">Ends the scan.</param>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="LibraryIndexException">The index cannot be written.</exception>
    public static LibrarySnapshot Scan(
        IReadOnlyCollection<string> roots,
        LibraryIndex index,
        ScanSettings? settings = null,
        Action<ScanProgress>? onProgress = null,
        CancellationToken cancellation = default)
    {
        settings ??= ScanSettings.Default;
        ArgumentOutOfRangeException.ThrowIfLessThan(settings.Parallelism, 1, nameof(settings));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var problems = new List<SkippedFile>();
        using var files = MusicFolder.Enumerate(roots, problems.Add, stop.Token).GetEnumerator();
        var findings = new ScanFindings(index, settings, problems, onProgress);
        var turn = new Lock();

        string? NextFile()
        {
            lock (turn)
                return files.MoveNext() ? files.Current : null;
        }

        void Work()
        {
            try
            {
                while (NextFile() is { } path)
                {
                    stop.Token.ThrowIfCancellationRequested();
                    findings.Add(Look(path, index, settings, stop.Token));
                }
            }
            catch
            {
                // The others have nothing to go on for.
                stop.Cancel();
                throw;
            }
        }

        var workers = Enumerable.Range(0, settings.Parallelism)
            .Select(_ => Task.Factory.StartNew(Work, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        findings.Flush();
        cancellation.ThrowIfCancellationRequested();
        var failure = workers.Select(worker => worker.Exception?.InnerException).FirstOrDefault(error => error is not null and not OperationCanceledException);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
        findings.ForgetVanished(roots);
        return findings.Snapshot();
    }

    private static (FileReading Reading, bool IsNew) Look(string path, LibraryIndex index, ScanSettings settings, CancellationToken cancellation)
    {
        if (index.Find(path) is { } known && Stamp(path) == known.Stamp)
            return (new FileReading(known, default), false);
        return (SongFile.Read(path, settings.Limits, cancellation), true);
    }

    /// <summary>Null also where it cannot be told: then reading the file finds the reason.</summary>
    private static FileStamp? Stamp(string path)
    {
        try
        {
            return FileStamp.Of(path);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
