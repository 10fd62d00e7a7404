using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Library;

/// <summary>
/// Runs the scans of a LibraryActor, one at a time and each on its own thread, and watches the folders. It reports to the actor, and
/// publishes notices and progress on the event stream.
/// </summary>
internal sealed class LibraryWork : IDisposable
{
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(250);

    private readonly IReadOnlyList<MusicRoot> _roots;
    private readonly LibraryIndex _index;
    private readonly MusicLibrary _library;
    private readonly FolderWatch? _watch;
    private readonly IActorRef _owner;
    private readonly EventStream _events;
    private readonly TouchedPaths _touched;
    private readonly CancellationTokenSource _stopped = new();
    private readonly Lock _gate = new();
    private List<string> _urgent = [];
    private bool _knowsIds;
    private bool _renewWatch = true;

    public LibraryWork(
        IReadOnlyList<MusicRoot> roots, LibraryIndex index, LibrarySettings settings, TouchedPaths touched, IActorRef owner,
        EventStream events)
    {
        _roots = roots;
        _index = index;
        _library = new MusicLibrary(roots, index, settings.Scan with { QuietTime = settings.Watch.QuietTime });
        _owner = owner;
        _events = events;
        _touched = touched;
        if (settings.Watch.Enabled)
        {
            var instead = settings.Watch.SweepIntervalUnwatched > TimeSpan.Zero
                ? "it is scanned periodically instead"
                : "periodic scans are off, so changes may go unnoticed until a \"rescan\" or a restart";
            _watch = new FolderWatch(
                roots, touched, () => owner.Tell(FoldersTouched.Instance),
                (root, reason) => events.Publish(new LibraryNotice($"{root} is not watched for changes: {reason}; {instead}")));
        }
    }

    /// <summary>True when the operating system reports changes in all folders.</summary>
    public bool IsWatching => _watch is { IsComplete: true };

    public bool IsShared(string path) => MusicLibrary.IsShared(_roots, path);

    /// <summary>Adds paths for the running full scan to check before its next file.</summary>
    public void AddUrgent(IReadOnlyList<string> paths)
    {
        lock (_gate)
            _urgent.AddRange(paths);
    }

    /// <summary>Removes and returns the urgent paths that have not been checked yet.</summary>
    public IReadOnlyList<string> DequeueUrgent()
    {
        lock (_gate)
        {
            if (_urgent.Count == 0)
                return [];
            var urgent = _urgent;
            _urgent = [];
            return urgent;
        }
    }

    /// <summary>Scans everything. A background scan publishes its progress only once it has read a file.</summary>
    public void Scan(bool isBackground) => Start(isBackground, observer =>
    {
        // Renews the watch, if necessary, before the walk. Otherwise, a change between the walk and the renewal would be missed.
        if (_watch is not null && (_renewWatch || !_watch.IsComplete))
            _watch.Renew();
        if (!_knowsIds)
            _owner.Tell(new IdsLoaded(_index.SongIds(), _index.SongReceipts()));
        var isFirst = !_knowsIds;
        _knowsIds = true;
        var changed = false;
        var scanObserver = observer with
        {
            DequeueUrgent = DequeueUrgent,
            Unsettled = paths =>
            {
                foreach (var path in paths)
                    _touched.Touch(path);
                _owner.Tell(FoldersTouched.Instance);
            },
            Changed = changes =>
            {
                changed = true;
                observer.Changed!(changes);
            },
        };
        var result = _library.Scan(scanObserver, _stopped.Token);
        var filesRead = result.FilesRead;
        // A complete watch should already have reported these changes. If it did not, it may be watching a folder that was replaced, for
        // example by a mount. The watch is therefore renewed, and another scan covers the time between the walk and the new watch.
        _renewWatch = changed && !isFirst && _watch is { IsComplete: true };
        if (_renewWatch)
        {
            _watch!.Renew();
            _renewWatch = false;
            result = _library.Scan(scanObserver, _stopped.Token);
            filesRead += result.FilesRead;
        }

        return new Done(_library.Summarize(), result.Unsettled, filesRead, WasScan: true);
    });

    /// <summary>
    /// Scans some paths. If a caller is waiting for the result, the scan waits once for files that are still being written.
    /// </summary>
    public void ScanPaths(IReadOnlyList<string> paths, bool isAwaited) => Start(isBackground: null, observer =>
    {
        var result = _library.ScanPaths(paths, isAwaited, observer, _stopped.Token);
        return new Done(_library.Summarize(), result.Unsettled, result.FilesRead, WasScan: false);
    });

    public void Dispose()
    {
        _stopped.Cancel();
        _watch?.Dispose();
    }

    // If isBackground is null, no progress is published.
    private void Start(bool? isBackground, Func<ScanObserver, Done> work)
    {
        var begun = Stopwatch.GetTimestamp();
        var told = begun;
        var observer = new ScanObserver { Progressed = TellProgress, Changed = changes => _owner.Tell(new SongsChanged(changes)) };
        Task.Factory.StartNew(() => work(observer), _stopped.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .PipeTo(_owner, failure: error => new Failed(Explain(error)));

        void TellProgress(ScanProgress progress)
        {
            if (Stopwatch.GetElapsedTime(told) < ProgressInterval)
                return;
            told = Stopwatch.GetTimestamp();
            var news = new ScanProgressed(progress, Stopwatch.GetElapsedTime(begun));
            _owner.Tell(news);
            if (isBackground is { } background && (!background || progress.FilesRead > 0))
                _events.Publish(news);
        }
    }

    // An index error names the index file, but the error that caused it does not.
    private static string Explain(Exception error) =>
        (error is AggregateException several ? several.Flatten().InnerExceptions : [error]).OfType<LibraryIndexException>().FirstOrDefault()
            ?.Message ?? error.GetBaseException().Message;

    /// <summary>The song ids from earlier runs. This message arrives before any song.</summary>
    internal sealed record IdsLoaded(IReadOnlyDictionary<ContentHash, int> Ids, IReadOnlyDictionary<ContentHash, IdReceipt> Receipts)
        : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Songs were added, changed or removed.</summary>
    internal sealed record SongsChanged(LibraryChanges Changes) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>The scan succeeded.</summary>
    /// <param name="Summary">The library after the scan.</param>
    /// <param name="Unsettled">The files that are still being written.</param>
    /// <param name="FilesRead">The number of files that were read, and therefore written to the index.</param>
    /// <param name="WasScan">True for a full scan, false for a scan of paths.</param>
    internal sealed record Done(LibrarySummary Summary, IReadOnlyList<string> Unsettled, int FilesRead, bool WasScan)
        : ILocalMessage, IDeadLetterSuppression;

    /// <summary>The scan failed; the previously shared songs stay shared.</summary>
    internal sealed record Failed(string Reason) : ILocalMessage, IDeadLetterSuppression;

    /// <summary>Paths were touched; they may not be quiet yet.</summary>
    internal sealed record FoldersTouched : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly FoldersTouched Instance = new();
    }
}
