using System.Collections.Immutable;
using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Media;
using TspActors.Protocol;

namespace TspActors.Peer.Library;

/// <summary>Knows what this peer shares: scans the music folders, keeps the index, and knows which file has which id.</summary>
/// <remarks>
/// Scans run on threads of their own; what was shared before is shared until the next scan is done. One scan at a time: a Rescan that comes meanwhile is
/// done after it. Supervision: restarted by its guardian, it opens nothing itself and scans again.
/// </remarks>
internal sealed class LibraryActor : ReceiveActor
{
    private readonly LibraryIndex _index;
    private readonly IReadOnlyList<string> _folders;
    private readonly ScanSettings _settings;
    private readonly OwnSongsCell _cell;
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly HashSet<IActorRef> _watchers = [];
    private readonly List<IActorRef> _askers = [];
    private readonly List<IActorRef> _nextAskers = [];
    private readonly CancellationTokenSource _stopped = new();
    private Dictionary<ContentHash, int> _ids = [];
    private Task _saving = Task.CompletedTask;
    private ScanReport _report = new(0, []);
    private bool _scanning;
    private bool _scanAgain;

    public LibraryActor(LibraryIndex index, IReadOnlyList<string> folders, ScanSettings settings, OwnSongsCell cell)
    {
        _index = index;
        _folders = folders;
        _settings = settings;
        _cell = cell;
        Receive<WatchLibrary>(_ =>
        {
            _watchers.Add(Sender);
            Context.WatchWith(Sender, new WatcherGone(Sender));
            Sender.Tell(new LibraryChanged(_cell.Current));
        });
        Receive<WatcherGone>(gone => _watchers.Remove(gone.Watcher));
        Receive<Rescan>(_ => ScanAgain());
        Receive<GetScanReport>(_ => Report());
        Receive<ScanFinished>(finished => Finish(finished.Snapshot, finished.Ids));
        Receive<ScanFailed>(failed => Finish(failed.Reason));
        Receive<RememberIds>(remember => Remember(remember.Songs));
    }

    /// <param name="index">The open index; its owner closes it when this actor has stopped.</param>
    /// <param name="folders">The shared folders.</param>
    /// <param name="settings">How to scan.</param>
    /// <param name="cell">Where what is shared is published.</param>
    public static Props Props(LibraryIndex index, IReadOnlyList<string> folders, ScanSettings settings, OwnSongsCell cell) =>
        Akka.Actor.Props.Create(() => new LibraryActor(index, folders, settings, cell));

    protected override void PreStart() => Scan();

    protected override void PostStop() => _stopped.Cancel();

    private void ScanAgain()
    {
        if (_scanning)
        {
            _scanAgain = true;
            if (!Sender.IsNobody())
                _nextAskers.Add(Sender);
            return;
        }

        if (!Sender.IsNobody())
            _askers.Add(Sender);
        Scan();
    }

    private void Report()
    {
        if (_scanning)
            _askers.Add(Sender);
        else
            Sender.Tell(_report);
    }

    private void Scan()
    {
        _scanning = true;
        var events = Context.System.EventStream;
        var stop = _stopped.Token;
        events.Publish(new ScanProgressed(default));
        Task.Factory.StartNew(
            () => ScanFolders(_folders, _index, _settings, events, stop), stop, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            .PipeTo(Self, failure: error => new ScanFailed(error.GetBaseException().Message));
    }

    private static ScanFinished ScanFolders(
        IReadOnlyList<string> folders, LibraryIndex index, ScanSettings settings, EventStream events, CancellationToken stop)
    {
        var told = Stopwatch.GetTimestamp();
        var snapshot = LibraryScanner.Scan(folders, index, settings, Tell, stop);
        return new ScanFinished(snapshot, index.SongIds());

        void Tell(ScanProgress progress)
        {
            if (Stopwatch.GetElapsedTime(told) < TimeSpan.FromSeconds(1))
                return;
            told = Stopwatch.GetTimestamp();
            events.Publish(new ScanProgressed(progress));
        }
    }

    private void Finish(LibrarySnapshot snapshot, IReadOnlyDictionary<ContentHash, int> ids)
    {
        // What the tracker assigned while the scan ran is newer than what the index said.
        var newer = _ids;
        _ids = ids.ToDictionary();
        Assign(newer);
        Publish(snapshot.Songs.Values);
        Finish(new ScanReport(snapshot.Songs.Count, [.. snapshot.Problems.Select(problem => $"{problem.Path}: {problem.Text}")]));
    }

    private void Finish(string failure)
    {
        _log.Error("The music folders could not be scanned: {0}", failure);
        Finish(_report with { Failure = failure });
    }

    private void Finish(ScanReport report)
    {
        _report = report;
        _scanning = false;
        foreach (var asker in _askers)
            asker.Tell(report);
        _askers.Clear();
        Context.System.EventStream.Publish(report);
        if (!_scanAgain)
            return;
        _scanAgain = false;
        _askers.AddRange(_nextAskers);
        _nextAskers.Clear();
        Scan();
    }

    private void Remember(IReadOnlyList<AssignedSong> assigned)
    {
        var news = new Dictionary<ContentHash, int>();
        foreach (var song in assigned)
        {
            var hash = new ContentHash(song.ContentHash.Span);
            if (song.Id > 0 && _ids.GetValueOrDefault(hash) != song.Id)
                news[hash] = song.Id;
        }

        if (news.Count == 0)
            return;
        Assign(news);
        // Saved one after the other, so that the newest id of a song is the one that stays.
        _saving = SaveAsync(_saving, news);
        Publish(_cell.Current.ByHash.Values.Select(song => song.File));
    }

    // An id is one song's: whoever had it before, at another tracker say, has it no longer.
    private void Assign(Dictionary<ContentHash, int> news)
    {
        var owners = new Dictionary<int, ContentHash>();
        foreach (var (hash, id) in news)
            owners[id] = hash;
        foreach (var (hash, _) in _ids.Where(known => owners.TryGetValue(known.Value, out var owner) && owner != known.Key).ToList())
            _ids.Remove(hash);
        foreach (var (id, hash) in owners)
            _ids[hash] = id;
    }

    private async Task SaveAsync(Task before, Dictionary<ContentHash, int> ids)
    {
        await before.ConfigureAwait(false);
        try
        {
            await Task.Run(() => _index.PutSongIds(ids)).ConfigureAwait(false);
        }
        catch (Exception error) when (error is LibraryIndexException or ObjectDisposedException)
        {
            _log.Warning("The ids of {0} songs could not be remembered: {1}", ids.Count, error.Message);
        }
    }

    private void Publish(IEnumerable<SongFile> files)
    {
        var byHash = ImmutableDictionary.CreateBuilder<ContentHash, OwnSong>();
        var byId = ImmutableDictionary.CreateBuilder<int, ContentHash>();
        foreach (var file in files)
        {
            var id = _ids.GetValueOrDefault(file.Hash);
            byHash[file.Hash] = new OwnSong(id, file);
            if (id > 0)
                byId[id] = file.Hash;
        }

        _cell.Current = new OwnSongs(byHash.ToImmutable(), byId.ToImmutable());
        foreach (var watcher in _watchers)
            watcher.Tell(new LibraryChanged(_cell.Current));
    }

    private sealed record WatcherGone(IActorRef Watcher) : INoSerializationVerificationNeeded;

    private sealed record ScanFinished(LibrarySnapshot Snapshot, IReadOnlyDictionary<ContentHash, int> Ids) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record ScanFailed(string Reason) : INoSerializationVerificationNeeded, IDeadLetterSuppression;
}
