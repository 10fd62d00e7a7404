using System.Collections.Concurrent;
using System.Runtime.ExceptionServices;
using TspActors.Media.Covers;
using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>
/// A scan of the entire library or of certain paths. It first collects the files, and then reads the new and changed ones on its own
/// threads.
/// </summary>
internal sealed class LibraryScan(
    LibraryFiles files, LibraryIndex index, ScanSettings settings, ScanObserver observer, CancellationToken cancellation)
{
    // A batch of very long files is written early, because their leaves need a lot of memory.
    private const int BatchLeafBytes = 4 << 20;

    // A write time further in the future than this means that a clock is wrong, not that the file is still being written.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(2);

    // The quiet time is multiplied by this for a file that ends in the middle of a frame, because a slow download may pause.
    private const int CutOffFactor = 30;

    // A program that has a file open for writing, but has not written for this long, is assumed to be doing something else with it.
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);

    private readonly Lock _gate = new();
    private readonly TextPool _texts = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private readonly List<string> _toRead = [];
    private readonly HashSet<string> _forced = new(StringComparer.Ordinal);
    private readonly List<LibraryEntry> _identified = [];
    private readonly List<string> _unsettled = [];
    private readonly Dictionary<string, FolderPicture> _pictures = new(StringComparer.Ordinal);
    private readonly ScanCovers _covers = new(settings.Limits);
    private readonly List<SongFile> _staleCovers = [];
    private List<FileReading> _batch = [];
    private long _batchLeafBytes;
    private int _next;
    private ScanProgress _progress;

    /// <summary>
    /// Scans urgent paths between two files of this scan. Called on a thread of the scan, while no other thread uses the library files.
    /// </summary>
    public Action<IReadOnlyList<string>>? ScanUrgent { get; init; }

    /// <summary>The files that ended in the middle of a frame when they were read.</summary>
    public required ConcurrentDictionary<string, FileStat> CutOff { get; init; }

    public int FilesRead => _progress.FilesRead;

    public IReadOnlyCollection<string> Seen => _seen;

    public IReadOnlyList<string> Unsettled => _unsettled;

    public bool HasSeen(string path) => _seen.Contains(path);

    /// <summary>
    /// Adds a file that the walk found. A file that matches its entry in the index is not read, unless <paramref name="isForced"/> is true.
    /// </summary>
    public void AddFound(FoundFile found, LibraryEntry? known, bool isForced = false)
    {
        if (!_seen.Add(found.Path))
            return;
        if (isForced && known is not null)
        {
            _forced.Add(found.Path);
            known = null;
        }

        if (found.Picture is { } picture)
            _pictures[Path.GetDirectoryName(found.Path)!] = picture;
        _progress = _progress with { Total = _progress.Total + 1 };
        if (known is not null && found.Stat is { } stat && known.Stat.IsSame(settings.ChecksInode ? stat : stat.WithoutIdentity()))
        {
            if (settings.ChecksInode && stat.HasIdentity && !known.Stat.HasIdentity)
            {
                // The entry comes from an older index, which did not store the identity.
                known = known with { Stat = stat };
                _identified.Add(known);
            }

            files.Put(Pooled(known));
            if (known is SongFile song && ScanCovers.IsStale(song, found.Picture))
                _staleCovers.Add(song);
            Count(known, wasRead: false);
        }
        else
        {
            _toRead.Add(found.Path);
            _progress = _progress with { BytesToRead = _progress.BytesToRead + (found.Stat?.Length ?? 0) };
            observer.Progressed?.Invoke(_progress);
        }
    }

    /// <summary>Skips the files that another scan has processed since this one began.</summary>
    public void SkipHandledBy(LibraryScan other, IEnumerable<string> gone)
    {
        _seen.UnionWith(other._seen);
        _settled.UnionWith(other._seen);
        _settled.UnionWith(gone);
    }

    /// <summary>Reports the changes since the last report.</summary>
    public void ReportChanges()
    {
        var changes = files.DrainChanges();
        if (!changes.IsEmpty)
            observer.Changed?.Invoke(changes);
    }

    /// <summary>Reads the new and changed files.</summary>
    /// <param name="waitForUnsettled">Whether to wait once for recently written files to become quiet.</param>
    /// <exception cref="OperationCanceledException">The scan was cancelled. Everything read so far is in the index.</exception>
    public void Read(bool waitForUnsettled)
    {
        if (_identified.Count > 0)
            index.PutIdentities(_identified);
        _identified.Clear();
        ReadAll(_toRead);
        if (waitForUnsettled && _unsettled.Count > 0)
        {
            cancellation.WaitHandle.WaitOne(settings.QuietTime);
            cancellation.ThrowIfCancellationRequested();
            string[] again = [.. _unsettled];
            _unsettled.Clear();
            ReadAll(again);
        }

        ReadStaleCovers();
        foreach (var path in _unsettled.Where(path => !_settled.Contains(path) && files.Find(path) is not SongFile))
            files.Put(new SkippedFile(path, default, SkipReason.ChangedWhileRead, "it is still being written to"));
    }

    private FolderPicture? PictureBeside(string path) => _pictures.GetValueOrDefault(Path.GetDirectoryName(path)!);

    // Reads only the tags of files whose cover may have changed. After an update from a version without covers or ReplayGain, that is every
    // file.
    private void ReadStaleCovers()
    {
        var batch = new List<SongFile>();
        foreach (var song in _staleCovers)
        {
            cancellation.ThrowIfCancellationRequested();
            if (!_settled.Contains(song.Path) && _covers.Update(song, PictureBeside(song.Path)) is { } updated)
                batch.Add(updated);
            if (batch.Count >= settings.BatchFiles)
                WriteCovers(batch);
            ScanUrgentPaths();
        }

        WriteCovers(batch);
        _staleCovers.Clear();
    }

    private void WriteCovers(List<SongFile> batch)
    {
        // An urgent scan may have read some of these files in the meantime.
        batch.RemoveAll(song => _settled.Contains(song.Path));
        if (batch.Count == 0)
            return;
        index.PutCovers(batch);
        foreach (var song in batch)
            files.Put(Pooled(song));
        batch.Clear();
        ReportChanges();
    }

    private void ReadAll(IReadOnlyList<string> paths)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _next = -1;
        var workers = Enumerable.Range(0, Math.Min(settings.Parallelism, paths.Count))
            .Select(_ => Task.Factory.StartNew(() => Work(paths, stop), CancellationToken.None, TaskCreationOptions.LongRunning,
                TaskScheduler.Default))
            .ToArray();
        Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        WriteBatch();
        cancellation.ThrowIfCancellationRequested();
        var failure = workers.Select(worker => worker.Exception?.InnerException).FirstOrDefault(
            error => error is not null and not OperationCanceledException);
        if (failure is not null)
            ExceptionDispatchInfo.Throw(failure);
    }

    private void Work(IReadOnlyList<string> paths, CancellationTokenSource stop)
    {
        try
        {
            while (Interlocked.Increment(ref _next) is var number && number < paths.Count)
            {
                stop.Token.ThrowIfCancellationRequested();
                AddReading(Read(paths[number], stop.Token), paths[number]);
                ScanUrgentPaths();
            }
        }
        catch
        {
            // Stops the other workers.
            stop.Cancel();
            throw;
        }
    }

    /// <summary>Reads a file. Returns null if it must be read later.</summary>
    private FileReading? Read(string path, CancellationToken stop)
    {
        var stat = MusicFolder.TryReadStat(path);
        if (stat is { } found)
        {
            if (settings.QuietTime > TimeSpan.Zero
                && (IsTooFresh(path, found) || IsKnownAsCutOff(path, found) || IsOpenForWriting(path, found)))
                return null;
            if (!_forced.Contains(path) && MovedFile.Recognize(path, found, index, settings.Limits) is { } moved)
                return new FileReading(_covers.Complete(moved, PictureBeside(path)), default);
        }

        var reading = SongFile.Read(path, settings.Limits, stop);
        if (reading.Entry is SongFile song)
            reading = reading with { Entry = _covers.Complete(song, PictureBeside(path)) };
        if (settings.QuietTime == TimeSpan.Zero)
            return reading;
        if (reading.IsCutOff && IsFresh(reading.Entry.Stat, settings.QuietTime * CutOffFactor))
        {
            CutOff[path] = reading.Entry.Stat;
            return null;
        }

        CutOff.TryRemove(path, out _);
        return reading.Entry is SkippedFile { Reason: SkipReason.ChangedWhileRead } ? null : reading;
    }

    private bool IsTooFresh(string path, FileStat stat)
    {
        if (!IsFresh(stat, settings.QuietTime))
            return false;
        CutOff.TryRemove(path, out _);
        return true;
    }

    private bool IsKnownAsCutOff(string path, FileStat stat) =>
        CutOff.TryGetValue(path, out var known) && known == stat && IsFresh(stat, settings.QuietTime * CutOffFactor);

    // A slow download that pauses between two frames looks complete, but its program still has the file open. Pipes and devices, whose
    // length is 0, are not checked, because opening a pipe would wait for a writer.
    private static bool IsOpenForWriting(string path, FileStat stat) =>
        stat.Length > 0 && IsFresh(stat, LongestPause) && OpenWriterCheck.HasFileOpen(path);

    private static bool IsFresh(FileStat stat, TimeSpan quietTime)
    {
        var age = DateTime.UtcNow.Ticks - stat.ModifiedTicks;
        return age < quietTime.Ticks && age > -ClockDifference.Ticks;
    }

    private void AddReading(FileReading? reading, string path)
    {
        lock (_gate)
        {
            // Another scan has read the file more recently.
            if (_settled.Contains(path))
                return;
            if (reading is null)
            {
                _unsettled.Add(path);
                return;
            }

            _batch.Add(reading);
            _batchLeafBytes += reading.Leaves.Length;
            Count(reading.Entry, wasRead: true);
            if (_batch.Count >= settings.BatchFiles || _batchLeafBytes >= BatchLeafBytes)
                WriteBatch();
        }
    }

    private void ScanUrgentPaths()
    {
        if (ScanUrgent is null || observer.DequeueUrgent?.Invoke() is not { Count: > 0 } urgent)
            return;
        lock (_gate)
        {
            WriteBatch();
            ScanUrgent(urgent);
        }
    }

    private void WriteBatch()
    {
        if (_batch.Count == 0)
            return;
        // The index is written first, because a song must not be served before its leaves are stored.
        index.Put(_batch);
        foreach (var (entry, _) in _batch)
            files.Put(Pooled(entry));
        _batch = [];
        _batchLeafBytes = 0;
        ReportChanges();
    }

    private void Count(LibraryEntry entry, bool wasRead)
    {
        _progress = _progress with
        {
            Files = _progress.Files + 1,
            FilesRead = _progress.FilesRead + (wasRead ? 1 : 0),
            BytesRead = _progress.BytesRead + (wasRead ? entry.Stat.Length : 0),
            Problems = _progress.Problems + (entry is SkippedFile ? 1 : 0),
        };
        observer.Progressed?.Invoke(_progress);
    }

    private LibraryEntry Pooled(LibraryEntry entry)
    {
        if (entry is SongFile song && !ReferenceEquals(files.Find(song.Path), song))
            _texts.Pool(song.Tags);
        // If inodes are not checked, the entry must not contain an inode, because the check before serving the file would compare it.
        return settings.ChecksInode ? entry : entry with { Stat = entry.Stat.WithoutIdentity() };
    }
}
