using System.Runtime.ExceptionServices;
using TspActors.Media.Folders;

namespace TspActors.Media.Library;

/// <summary>One scan, or one look at a part: takes the files as they are found, then reads those that are new or changed, on threads of its own.</summary>
internal sealed class LibraryRun(LibraryFiles files, LibraryIndex index, ScanSettings settings, ScanObserver observer, CancellationToken cancellation)
{
    // A batch of very long files is written sooner: their leaves are what takes memory.
    private const int BatchLeafBytes = 4 << 20;

    // A time in the future (a clock that is wrong somewhere) says nothing about whether a file is being written to.
    private static readonly TimeSpan ClockDifference = TimeSpan.FromSeconds(2);

    private readonly Lock _gate = new();
    private readonly SharedTexts _texts = new();
    private readonly HashSet<string> _seen = new(StringComparer.Ordinal);
    private readonly HashSet<string> _settled = new(StringComparer.Ordinal);
    private readonly List<string> _toRead = [];
    private readonly List<string> _unsettled = [];
    private List<FileReading> _batch = [];
    private long _batchLeafBytes;
    private int _next;
    private ScanProgress _progress;

    /// <summary>Looks at files and folders between two files of this run; called on one of its threads, while none of them has the files.</summary>
    public Action<IReadOnlyList<string>>? Look { get; init; }

    public int FilesRead => _progress.FilesRead;

    public IReadOnlyCollection<string> Seen => _seen;

    public IReadOnlyList<string> Unsettled => _unsettled;

    public bool HasSeen(string path) => _seen.Contains(path);

    /// <summary>Takes a file that is there. Where it is as the index knows it, that is all.</summary>
    public void Meet(FoundFile found, LibraryEntry? known)
    {
        if (!_seen.Add(found.Path))
            return;
        _progress = _progress with { Total = _progress.Total + 1 };
        if (known is not null && found.Stamp == known.Stamp)
        {
            files.Put(Shared(known));
            Count(known, wasRead: false);
        }
        else
        {
            _toRead.Add(found.Path);
            _progress = _progress with { BytesToRead = _progress.BytesToRead + (found.Stamp?.Length ?? 0) };
            observer.Progressed?.Invoke(_progress);
        }
    }

    /// <summary>Leaves alone from now on what another run has dealt with meanwhile.</summary>
    public void LeaveTo(LibraryRun other, IEnumerable<string> gone)
    {
        _seen.UnionWith(other._seen);
        _settled.UnionWith(other._seen);
        _settled.UnionWith(gone);
    }

    /// <summary>Tells what is different by now.</summary>
    public void TellChanges()
    {
        var changes = files.TakeChanges();
        if (!changes.IsEmpty)
            observer.Changed?.Invoke(changes);
    }

    /// <summary>Reads what has to be read.</summary>
    /// <param name="waitForUnsettled">Whether to give files that were written to just now the time to become quiet.</param>
    /// <exception cref="OperationCanceledException">It was cancelled; what was read until then is in the index.</exception>
    public void Read(bool waitForUnsettled)
    {
        ReadAll(_toRead);
        if (waitForUnsettled && _unsettled.Count > 0)
        {
            cancellation.WaitHandle.WaitOne(settings.QuietTime);
            cancellation.ThrowIfCancellationRequested();
            string[] again = [.. _unsettled];
            _unsettled.Clear();
            ReadAll(again);
        }

        foreach (var path in _unsettled.Where(path => !_settled.Contains(path) && files.Find(path) is not SongFile))
            files.Put(new SkippedFile(path, default, SkipReason.ChangedWhileRead, "it is still being written to"));
    }

    private void ReadAll(IReadOnlyList<string> paths)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        _next = -1;
        var workers = Enumerable.Range(0, Math.Min(settings.Parallelism, paths.Count))
            .Select(_ => Task.Factory.StartNew(() => Work(paths, stop), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))
            .ToArray();
        Task.WhenAll(workers).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing).GetAwaiter().GetResult();
        WriteBatch();
        cancellation.ThrowIfCancellationRequested();
        var failure = workers.Select(worker => worker.Exception?.InnerException).FirstOrDefault(error => error is not null and not OperationCanceledException);
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
                Take(Read(paths[number], stop.Token), paths[number]);
                LookMeanwhile();
            }
        }
        catch
        {
            // The others have nothing to go on for.
            stop.Cancel();
            throw;
        }
    }

    /// <summary>Null when the file is to be left for later.</summary>
    private FileReading? Read(string path, CancellationToken stop)
    {
        var stamp = MusicFolder.StampOf(path);
        if (stamp is { } found)
        {
            if (settings.QuietTime > TimeSpan.Zero && IsFresh(found))
                return null;
            if (MovedFile.Recognize(path, found, index, settings.Limits) is { } moved)
                return new FileReading(moved, default);
        }

        var reading = SongFile.Read(path, settings.Limits, stop);
        return settings.QuietTime > TimeSpan.Zero && reading.Entry is SkippedFile { Reason: SkipReason.ChangedWhileRead } ? null : reading;
    }

    private bool IsFresh(FileStamp stamp)
    {
        var age = DateTime.UtcNow.Ticks - stamp.ModifiedTicks;
        return age < settings.QuietTime.Ticks && age > -ClockDifference.Ticks;
    }

    private void Take(FileReading? reading, string path)
    {
        lock (_gate)
        {
            // Newer than what was read.
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

    private void LookMeanwhile()
    {
        if (Look is null || observer.TakeUrgent?.Invoke() is not { Count: > 0 } urgent)
            return;
        lock (_gate)
        {
            WriteBatch();
            Look(urgent);
        }
    }

    private void WriteBatch()
    {
        if (_batch.Count == 0)
            return;
        // First: a song must not be served before its leaves can be found.
        index.Put(_batch);
        foreach (var (entry, _) in _batch)
            files.Put(Shared(entry));
        _batch = [];
        _batchLeafBytes = 0;
        TellChanges();
    }

    private void Count(LibraryEntry entry, bool wasRead)
    {
        _progress = _progress with
        {
            Files = _progress.Files + 1,
            FilesRead = _progress.FilesRead + (wasRead ? 1 : 0),
            BytesRead = _progress.BytesRead + (wasRead ? entry.Stamp.Length : 0),
            Problems = _progress.Problems + (entry is SkippedFile ? 1 : 0),
        };
        observer.Progressed?.Invoke(_progress);
    }

    private LibraryEntry Shared(LibraryEntry entry)
    {
        if (entry is SongFile song && !ReferenceEquals(files.Find(song.Path), song))
            _texts.Share(song.Tags);
        return entry;
    }
}
