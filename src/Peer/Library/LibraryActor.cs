using Akka.Actor;
using Akka.Event;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Library;

/// <summary>Runs a peer's music library: scans and watches the folders, and maintains the index and the song ids.</summary>
/// <remarks>
/// <code>
/// Idle     → Rescan, sweep, too many touched paths → Scanning        touched paths are quiet, Rescan(path) → ScanningPaths
///          → retry interval, with unreadable folders → ScanningPaths
/// Scanning → quiet paths go to the running scan, which checks them between files
/// Scanning, ScanningPaths → SongsChanged → sent to the watchers      Done, Failed → the next task in the backlog, else Idle
///                         → Failed       → a full scan after the retry interval
/// </code>
/// One scan runs at a time, on its own thread, and that thread owns the MusicLibrary. Songs stay shared until a scan reports otherwise.
/// After a restart by its guardian, the actor scans again. It opens no resources that outlive it.
/// </remarks>
internal sealed class LibraryActor : UntypedActor, IWithTimers
{
    private const string QuietTimer = "quiet";
    private const string SweepTimer = "sweep";
    private const string LookTimer = "look";

    // The maximum number of unreadable folders to retry between full scans.
    private const int MaxRetriedFolders = 100;

    private readonly LibrarySettings _settings;
    private readonly SongIdStore _ids;
    private readonly LibraryWork _work;
    private readonly LibraryBacklog _backlog;
    private readonly TouchedPaths _touched;
    private readonly SharedSongs _shared;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<IActorRef> _watchers = [];
    private readonly List<IActorRef> _awaitingReport = [];
    private readonly List<IActorRef> _awaitingNextReport = [];
    private LibrarySummary _summary;
    private ScanProgressed? _progress;
    private readonly LastingFault _fault = new();
    private string? _failure;

    public LibraryActor(LibraryIndex index, IReadOnlyList<MusicRoot> roots, LibrarySettings settings, OwnSongsCell cell)
    {
        _ids = new SongIdStore(index, _log);
        _settings = settings;
        _summary = new LibrarySummary(0, 0, [.. roots.Select(root => new RootSummary(root, 0))], []);
        _shared = new SharedSongs(cell);
        _backlog = new LibraryBacklog(settings.Watch.MaxPending);
        _touched = new TouchedPaths(settings.Watch.QuietTime, settings.Watch.MaxPending, TimeProvider.System);
        _work = new LibraryWork(roots, index, settings, _touched, Self, Context.System.EventStream);
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="index">The open index. Its owner closes it after this actor has stopped.</param>
    /// <param name="roots">The shared folders.</param>
    /// <param name="settings">How to scan and watch the folders.</param>
    /// <param name="cell">The cell in which the shared songs are published.</param>
    public static Props Props(LibraryIndex index, IReadOnlyList<MusicRoot> roots, LibrarySettings settings, OwnSongsCell cell) =>
        Akka.Actor.Props.Create(() => new LibraryActor(index, roots, settings, cell));

    protected override void PreStart()
    {
        _backlog.AddScan();
        Begin();
    }

    protected override void PostStop() => _work.Dispose();

    protected override void OnReceive(object message) => Idle(message);

    private void Idle(object message)
    {
        switch (message)
        {
            case Rescan rescan:
                if (Accept(rescan, _awaitingReport))
                    Begin();
                break;
            case GetScanReport:
                Sender.Tell(Report());
                break;
            case GetLibraryStatus:
                Sender.Tell(Status(_summary));
                break;
            case SweepDue:
                _backlog.AddSweep();
                Begin();
                break;
            case RetryDue:
                AddUnreadableFolders();
                Begin();
                break;
            case QuietTick:
                AddQuietPaths(RemoveQuiet());
                Begin();
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    private void Scanning(object message)
    {
        if (message is not QuietTick)
        {
            ScanningPaths(message);
            return;
        }

        var batch = RemoveQuiet();
        if (batch.Everything)
            _backlog.AddScan();
        else
            _work.AddUrgent(batch.Paths);
    }

    private void ScanningPaths(object message)
    {
        switch (message)
        {
            case Rescan rescan:
                Accept(rescan, _awaitingNextReport);
                break;
            case GetScanReport:
                _awaitingReport.Add(Sender);
                break;
            case GetLibraryStatus:
                // A running scan shares songs as it finds them, but updates the summary only when it finishes.
                var songs = _shared.Current.ByHash.Count;
                Sender.Tell(Status(_summary with { Songs = songs, SongFiles = Math.Max(songs, _summary.SongFiles) }));
                break;
            case SweepDue:
                _backlog.AddSweep();
                break;
            case RetryDue:
                AddUnreadableFolders();
                break;
            case QuietTick:
                AddQuietPaths(RemoveQuiet());
                break;
            case LibraryWork.Done done:
                OnDone(done);
                break;
            case LibraryWork.Failed failed:
                OnFailed(failed);
                break;
            default:
                OnCommon(message);
                break;
        }
    }

    // Handles the messages that all states treat alike.
    private void OnCommon(object message)
    {
        switch (message)
        {
            case WatchLibrary:
                _watchers.Add(Sender);
                Context.WatchWith(Sender, new WatcherGone(Sender));
                Sender.Tell(new LibraryChanged(_shared.Current));
                break;
            case WatcherGone gone:
                _watchers.Remove(gone.Watcher);
                break;
            case RememberIds remember:
                OnRemember(remember);
                break;
            case LibraryWork.IdsLoaded loaded:
                _shared.AddKnownIds(loaded.Ids, loaded.Receipts);
                break;
            case LibraryWork.SongsChanged changed:
                Publish(_shared.Apply(changed.Changes));
                break;
            case ShareFeed share:
                _shared.Share(share);
                Publish([share.File.Hash]);
                break;
            case WithdrawFeed withdraw:
                _shared.Withdraw(withdraw.Hash);
                Publish([withdraw.Hash]);
                break;
            case ScanProgressed progress:
                _progress = progress;
                break;
            case LibraryWork.FoldersTouched:
                WaitForQuiet();
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private bool Accept(Rescan rescan, List<IActorRef> waiting)
    {
        if (rescan.Path is { } path && !_work.IsShared(path))
        {
            Sender.Tell(new ScanReport(_summary.Songs, [], $"{path} is not in any of the shared folders"));
            return false;
        }

        if (!Sender.IsNobody())
            waiting.Add(Sender);
        if (rescan.Path is { } one)
            _backlog.AddPaths([one]);
        else
            _backlog.AddScan();
        return true;
    }

    private void Begin()
    {
        switch (_backlog.Dequeue())
        {
            case null:
                Become(Idle);
                break;
            case { IsScan: true } scan:
                _log.Debug(scan.IsSweep ? "Starting the periodic scan of the music folders." : "Scanning the music folders.");
                Become(Scanning);
                _work.Scan(isBackground: scan.IsSweep && _awaitingReport.Count == 0);
                break;
            case var task:
                _log.Debug("Scanning {0} touched paths.", task.Paths.Count);
                Become(ScanningPaths);
                _work.ScanPaths(task.Paths, isAwaited: _awaitingReport.Count > 0);
                break;
        }
    }

    private void OnDone(LibraryWork.Done done)
    {
        _log.Debug("The {0} ended. Songs: {1}; problems: {2}; files still being written: {3}.",
            done.WasScan ? "full scan" : "path scan", done.Summary.Songs, done.Summary.Problems.Count, done.Unsettled.Count);
        _summary = done.Summary;
        _failure = null;
        // A scan with nothing to write does not prove that the index is writable again.
        if ((done.FilesRead > 0 || (done.WasScan && done.Unsettled.Count == 0)) && _fault.End())
            Context.System.EventStream.Publish(new LibraryNotice("the music folders can be scanned again"));
        foreach (var path in done.Unsettled)
            _touched.Touch(path);
        if (done.Unsettled.Count > 0)
            WaitForQuiet();
        if (UnreadableFolders().Any() && !Timers.IsTimerActive(LookTimer))
            Timers.StartSingleTimer(LookTimer, RetryDue.Instance, _settings.RetryInterval);
        End(done.WasScan);
    }

    // The watch does not report when a folder becomes readable again, so unreadable folders are retried.
    private void AddUnreadableFolders() => _backlog.AddPaths(UnreadableFolders().Take(MaxRetriedFolders));

    private IEnumerable<string> UnreadableFolders() =>
        _summary.Problems.Where(problem => problem.Reason == SkipReason.FolderUnreadable).Select(problem => problem.Path);

    private void OnFailed(LibraryWork.Failed failed)
    {
        // While a disk is full, for example, every scan fails for the same reason, which is logged only once.
        var isNew = _fault.Begin(failed.Reason);
        if (isNew)
            _log.Error("Could not scan the music folders: {0}", failed.Reason);
        _failure = failed.Reason;
        // Counts as a full scan, so that the failure is published. The retry scans everything, including the paths that were missed.
        End(wasScan: true, isPublished: isNew);
        Timers.StartSingleTimer(SweepTimer, SweepDue.Instance, _settings.RetryInterval);
    }

    private void End(bool wasScan, bool isPublished = true)
    {
        _progress = null;
        _backlog.AddPaths(_work.DequeueUrgent());
        var report = Report();
        foreach (var replyTo in _awaitingReport)
            replyTo.Tell(report);
        _awaitingReport.Clear();
        if (wasScan)
        {
            if (isPublished)
                Context.System.EventStream.Publish(report);
            var interval = _work.IsWatching ? _settings.Watch.SweepInterval : _settings.Watch.SweepIntervalUnwatched;
            if (interval > TimeSpan.Zero)
                Timers.StartSingleTimer(SweepTimer, SweepDue.Instance, interval);
        }

        _awaitingReport.AddRange(_awaitingNextReport);
        _awaitingNextReport.Clear();
        Begin();
    }

    private ScanReport Report() =>
        new(_summary.Songs, [.. _summary.Problems.Select(problem => $"{problem.Path}: {problem.Text}")], _failure);

    private LibraryStatus Status(LibrarySummary summary) => new(summary, _progress, _work.IsWatching, _failure);

    private void WaitForQuiet()
    {
        if (!Timers.IsTimerActive(QuietTimer))
            Timers.StartPeriodicTimer(QuietTimer, QuietTick.Instance, _settings.QuietTick);
    }

    private TouchedBatch RemoveQuiet()
    {
        var batch = _touched.DequeueQuiet();
        // If nothing is left to wait for, the timer stops until the next path is touched.
        if (!batch.HasMore)
            Timers.Cancel(QuietTimer);
        return batch;
    }

    private void AddQuietPaths(TouchedBatch batch)
    {
        if (batch.Everything)
            _backlog.AddScan();
        else
            _backlog.AddPaths(batch.Paths);
    }

    private void OnRemember(RememberIds remember)
    {
        var news = _shared.Assign(remember.Songs);
        if (news.Count == 0)
            return;
        _ids.Save(news, _shared.Receipts(news.Keys));
        Publish([]);
    }

    private void Publish(IReadOnlyCollection<ContentHash> touched)
    {
        var changed = new LibraryChanged(_shared.Current, touched);
        foreach (var watcher in _watchers)
            watcher.Tell(changed);
    }

    private sealed record WatcherGone(IActorRef Watcher) : ILocalMessage;

    private sealed record QuietTick : ILocalMessage
    {
        public static readonly QuietTick Instance = new();
    }

    private sealed record RetryDue : ILocalMessage
    {
        public static readonly RetryDue Instance = new();
    }

    private sealed record SweepDue : ILocalMessage
    {
        public static readonly SweepDue Instance = new();
    }
}
