using Akka.Actor;
using Akka.Event;
using TspActors.Media.Folders;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Library;

/// <summary>Knows what this peer shares: has the music folders scanned and watched, keeps the index, and knows which file has which id.</summary>
/// <remarks>
/// <code>
/// idle    → Rescan, sweep, too many touched paths → scanning all          touched paths are quiet, Rescan(path) → looking at these
/// working → SongsChanged: published at once       Done, Failed → whatever came meanwhile, else idle; after Failed soon a scan
/// scanning → touched paths are quiet → handed to the scan, which looks at them between two files
/// </code>
/// One scan or look at a time, on threads of its own; the MusicLibrary belongs to the work that runs. What was shared before is shared until the work says
/// otherwise. Supervision: restarted by its guardian, it opens nothing that outlives it and scans again.
/// </remarks>
internal sealed class LibraryActor : ReceiveActor, IWithTimers
{
    private const string QuietTimer = "quiet";
    private const string SweepTimer = "sweep";

    private readonly LibraryIndex _index;
    private readonly LibrarySettings _settings;
    private readonly LibraryWork _work;
    private readonly TouchedPaths _touched;
    private readonly SharedSongs _shared;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<IActorRef> _watchers = [];
    private readonly List<IActorRef> _askers = [];
    private readonly List<IActorRef> _nextAskers = [];
    private readonly HashSet<string> _nextPaths = new(StringComparer.Ordinal);
    private Task _saving = Task.CompletedTask;
    private LibrarySummary _summary;
    private ScanProgressed? _progress;
    private string? _failure;
    private string? _toldFailure;
    private bool _working;
    private bool _scanning;
    private bool _isSweep;
    private bool _scanNext = true;

    public LibraryActor(LibraryIndex index, IReadOnlyList<MusicRoot> roots, LibrarySettings settings, OwnSongsCell cell)
    {
        _index = index;
        _settings = settings;
        _summary = new LibrarySummary(0, 0, [.. roots.Select(root => new RootSummary(root, 0))], []);
        _shared = new SharedSongs(cell);
        _touched = new TouchedPaths(settings.Watch.QuietTime, settings.Watch.MaxPending, TimeProvider.System);
        _work = new LibraryWork(roots, index, settings, _touched, Self, Context.System.EventStream);
        Receive<WatchLibrary>(_ =>
        {
            _watchers.Add(Sender);
            Context.WatchWith(Sender, new WatcherGone(Sender));
            Sender.Tell(new LibraryChanged(_shared.Current));
        });
        Receive<WatcherGone>(gone => _watchers.Remove(gone.Watcher));
        Receive<Rescan>(OnRescan);
        Receive<GetScanReport>(_ => AnswerWhenDone());
        Receive<GetLibraryStatus>(_ => Sender.Tell(Status()));
        Receive<RememberIds>(OnRemember);
        Receive<LibraryWork.IdsLoaded>(loaded => _shared.Know(loaded.Ids));
        Receive<LibraryWork.SongsChanged>(changed => Publish(_shared.Apply(changed.Changes)));
        Receive<ScanProgressed>(progress => _progress = progress);
        Receive<LibraryWork.Done>(OnDone);
        Receive<LibraryWork.Failed>(OnFailed);
        Receive<LibraryWork.FoldersTouched>(_ => WaitForQuiet());
        Receive<QuietTick>(_ => OnQuietTick());
        Receive<SweepDue>(_ =>
        {
            _isSweep = !_scanNext;
            WorkOn(scan: true, []);
        });
    }

    public ITimerScheduler Timers { get; set; } = null!;

    /// <param name="index">The open index; its owner closes it when this actor has stopped.</param>
    /// <param name="roots">The shared folders.</param>
    /// <param name="settings">How to scan and watch them.</param>
    /// <param name="cell">Where what is shared is published.</param>
    public static Props Props(LibraryIndex index, IReadOnlyList<MusicRoot> roots, LibrarySettings settings, OwnSongsCell cell) =>
        Akka.Actor.Props.Create(() => new LibraryActor(index, roots, settings, cell));

    protected override void PreStart() => Begin();

    protected override void PostStop() => _work.Dispose();

    private void OnRescan(Rescan rescan)
    {
        if (rescan.Path is { } path && !_work.IsShared(path))
        {
            Sender.Tell(new ScanReport(_summary.Songs, [], $"{path} is in none of the shared folders"));
            return;
        }

        if (!Sender.IsNobody())
            (_working ? _nextAskers : _askers).Add(Sender);
        WorkOn(rescan.Path is null, rescan.Path is null ? [] : [rescan.Path]);
    }

    private void AnswerWhenDone()
    {
        if (_working)
            _askers.Add(Sender);
        else
            Sender.Tell(Report());
    }

    // Work --------------------------------------------------------------------------------------------------------------------

    private void WorkOn(bool scan, IReadOnlyList<string> paths)
    {
        _scanNext |= scan;
        _nextPaths.UnionWith(paths);
        _scanNext |= _nextPaths.Count > _settings.Watch.MaxPending;
        if (_scanNext)
            _nextPaths.Clear();
        if (!_working)
            Begin();
    }

    private void Begin()
    {
        if (!_scanNext && _nextPaths.Count == 0)
            return;
        _working = true;
        if (_scanNext)
            _work.Scan(isBackground: _isSweep && _askers.Count == 0);
        else
            _work.Look([.. _nextPaths], isAwaited: _askers.Count > 0);
        (_scanning, _scanNext, _isSweep) = (_scanNext, false, false);
        _nextPaths.Clear();
    }

    private void OnDone(LibraryWork.Done done)
    {
        _summary = done.Summary;
        _failure = null;
        foreach (var path in done.Unsettled)
            _touched.Touch(path);
        if (done.Unsettled.Count > 0)
            WaitForQuiet();
        End(done.WasScan);
    }

    private void OnFailed(LibraryWork.Failed failed)
    {
        _log.Error("The music folders could not be scanned: {0}", failed.Reason);
        _failure = failed.Reason;
        // What a look did not come to is found by a scan.
        End(wasScan: true);
        Timers.StartSingleTimer(SweepTimer, SweepDue.Instance, _settings.RetryInterval);
    }

    private void End(bool wasScan)
    {
        _working = _scanning = false;
        _progress = null;
        _nextPaths.UnionWith(_work.TakeUrgent());
        var report = Report();
        foreach (var asker in _askers)
            asker.Tell(report);
        _askers.Clear();
        if (wasScan)
        {
            // The same failure again and again is told once.
            if (_failure is null || _failure != _toldFailure)
                Context.System.EventStream.Publish(report);
            _toldFailure = _failure;
            var interval = _work.IsWatching ? _settings.Watch.SweepInterval : _settings.Watch.SweepIntervalUnwatched;
            if (interval > TimeSpan.Zero)
                Timers.StartSingleTimer(SweepTimer, SweepDue.Instance, interval);
        }

        _askers.AddRange(_nextAskers);
        _nextAskers.Clear();
        Begin();
    }

    private ScanReport Report() => new(_summary.Songs, [.. _summary.Problems.Select(problem => $"{problem.Path}: {problem.Text}")], _failure);

    // While a scan runs its songs are shared as they are found, but only counted in the end.
    private LibraryStatus Status()
    {
        var songs = _shared.Current.ByHash.Count;
        var summary = _working ? _summary with { Songs = songs, SongFiles = Math.Max(songs, _summary.SongFiles) } : _summary;
        return new LibraryStatus(summary, _progress, _work.IsWatching, _failure);
    }

    // Watching ----------------------------------------------------------------------------------------------------------------

    private void WaitForQuiet()
    {
        if (!Timers.IsTimerActive(QuietTimer))
            Timers.StartPeriodicTimer(QuietTimer, QuietTick.Instance, _settings.QuietTick);
    }

    private void OnQuietTick()
    {
        var batch = _touched.DequeueQuiet();
        // Whoever touches a path after this finds none waiting and says so; then the timer is started again.
        if (!batch.HasMore)
            Timers.Cancel(QuietTimer);
        if (_scanning && !batch.Everything)
            _work.LookMeanwhile(batch.Paths);
        else if (batch.Everything || batch.Paths.Count > 0)
            WorkOn(batch.Everything, batch.Paths);
    }

    // Ids ---------------------------------------------------------------------------------------------------------------------

    private void OnRemember(RememberIds remember)
    {
        var news = _shared.Assign(remember.Songs);
        if (news.Count == 0)
            return;
        // Saved one after the other, so that the newest id of a song is the one that stays.
        _saving = SaveAsync(_saving, news);
        Publish([]);
    }

    private async Task SaveAsync(Task before, IReadOnlyDictionary<ContentHash, int> ids)
    {
        await before.ConfigureAwait(false);
        try
        {
            await Task.Run(() => _index.PutSongIds([.. ids])).ConfigureAwait(false);
        }
        catch (Exception error) when (error is LibraryIndexException or ObjectDisposedException)
        {
            _log.Warning("The ids of {0} songs could not be remembered: {1}", ids.Count, error.Message);
        }
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

    private sealed record SweepDue : ILocalMessage
    {
        public static readonly SweepDue Instance = new();
    }
}
