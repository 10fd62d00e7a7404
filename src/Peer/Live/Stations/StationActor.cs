using Akka.Actor;
using Akka.Event;
using TspActors.Media.Folders;
using TspActors.Peer.Library;
using TspActors.Peer.Live.Sources;
using TspActors.Peer.Tracking;
using TspActors.Transport;

namespace TspActors.Peer.Live.Stations;

/// <summary>A source of a live feed that plays songs from this peer's library endlessly.</summary>
/// <remarks>
/// OpenSource → Asking → SourceAccepted → Preparing, which reads the station's file → Choosing ⇄ Waiting, while nothing can be played.
/// Choosing → Opening → Reading ⇄ Sending, until the song ends, fails or is skipped → Choosing. SourceRefused and DropSource stop the
/// actor. Every disk access is a task whose result arrives as a message; only one runs at a time.
/// </remarks>
internal sealed class StationActor : UntypedActor, IWithTimers
{
    // If this many songs in a row cannot be played, the folder is probably gone, so the station waits.
    private const int MaxFailures = 20;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    private readonly string _name;
    private readonly StationLibrary _library;
    private readonly string? _statePath;
    private readonly Func<StationState, Rotation> _makeRotation;
    private readonly Backoff _waits = new(ShortestWait, LongestWait, Random.Shared);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private Rotation? _rotation;
    private StationState _lastPlayed;
    private StationSong? _song;
    private StationSong? _announced;
    private string _problem = "";
    private int _failures;
    private int _away;
    private bool _isSkipped;
    private bool _hasToldWait;

    public StationActor(FeedSettings feed, StationLibrary library, string? statePath, ulong seed)
    {
        (_name, _library, _statePath) = (feed.Name, library, statePath);
        _lastPlayed = new StationState(seed);
        _makeRotation = state => new Rotation(state, feed.InOrder, feed.JingleEvery);
    }

    /// <param name="feed">The feed's settings.</param>
    /// <param name="songs">This peer's songs.</param>
    /// <param name="roots">The music folders, against which relative paths in the settings are resolved.</param>
    /// <param name="statePath">The file where the station stores its state across restarts; null = none.</param>
    /// <param name="seed">The seed of a station without a file; null = a random one.</param>
    public static Props Props(
        FeedSettings feed, OwnSongsCell songs, IReadOnlyList<MusicRoot> roots, string? statePath, ulong? seed = null) =>
        Akka.Actor.Props.Create(() => new StationActor(
            feed, new StationLibrary(feed, songs, roots), statePath, seed ?? (ulong)Random.Shared.NextInt64()));

    public ITimerScheduler Timers { get; set; } = null!;

    protected override void PreStart()
    {
        Become(Asking);
        Context.Parent.Tell(new OpenSource(Self, "this peer's songs"));
    }

    protected override void PostStop() => _song?.Dispose();

    protected override void OnReceive(object message) => Unhandled(message);

    private void Asking(object message)
    {
        switch (message)
        {
            case SourceAccepted:
                Become(Preparing);
                var path = _statePath;
                Run(() =>
                {
                    string? problem = null;
                    return new Prepared(path is null ? null : StationFile.Read(path, out problem), problem);
                });
                break;
            case SourceRefused refused:
                _log.Warning("station {0}: {1}", _name, refused.Reason);
                Context.Stop(Self);
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Preparing(object message)
    {
        switch (message)
        {
            case Prepared prepared:
                if (prepared.Problem is { } problem)
                    _log.Warning("station {0} is starting over, because its file {1} cannot be used: {2}", _name, _statePath, problem);
                _lastPlayed = prepared.State ?? _lastPlayed;
                _log.Info("station {0}: seed {1}, {2} songs played", _name, _lastPlayed.Seed, _lastPlayed.Played);
                _rotation = _makeRotation(_lastPlayed);
                Choose();
                break;
            case Failed failed:
                _log.Warning("station {0} is starting over: {1}", _name, failed.Reason);
                _rotation = _makeRotation(_lastPlayed);
                Choose();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Choosing(object message)
    {
        switch (message)
        {
            case Chosen { Songs: { } songs }:
                _rotation!.Update(songs.Songs, songs.Jingles);
                OpenNext();
                break;
            case Chosen:
                OpenNext();
                break;
            case Failed failed:
                WarnOnce($"its songs cannot be chosen: {failed.Reason}");
                OpenNext();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Waiting(object message)
    {
        switch (message)
        {
            case TryAgain:
                Choose();
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Opening(object message)
    {
        switch (message)
        {
            case Opened { Refusal: { } refusal }:
                LeaveOut(refusal);
                break;
            case Opened opened:
                if (opened.StateProblem is { } problem)
                    WarnOnce($"its state cannot be saved in {_statePath}: {problem}");
                Read();
                break;
            case Failed failed:
                LeaveOut(failed.Reason);
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Reading(object message)
    {
        switch (message)
        {
            case BlockRead { Frames: null }:
                LeaveOut("it has changed and has not been scanned yet");
                break;
            case BlockRead when _isSkipped:
                Choose();
                break;
            case BlockRead { Frames.IsEmpty: true } when _song!.HasSound:
                Choose();
                break;
            case BlockRead { Frames.IsEmpty: true }:
                LeaveOut("it contains no audio frames");
                break;
            case BlockRead { Frames: { } frames }:
                Send(frames);
                break;
            case SkipSong:
                _isSkipped = true;
                break;
            case Failed failed:
                LeaveOut(failed.Reason);
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    private void Sending(object message)
    {
        switch (message)
        {
            case SourceTaken when _isSkipped:
                Choose();
                break;
            case SourceTaken:
                Read();
                break;
            case SkipSong:
                _isSkipped = true;
                break;
            default:
                OnAnyMessage(message);
                break;
        }
    }

    // Handles the messages that all states treat alike.
    private void OnAnyMessage(object message)
    {
        switch (message)
        {
            case DropSource:
                Context.Stop(Self);
                break;
            case SkipSong:
                // The next song is on its way.
                break;
            default:
                Unhandled(message);
                break;
        }
    }

    private void Choose()
    {
        _song?.Dispose();
        _song = null;
        _isSkipped = false;
        Become(Choosing);
        var library = _library;
        Run(() => new Chosen(library.Choose()));
    }

    private void OpenNext()
    {
        if (_failures >= Math.Min(_rotation!.Count, MaxFailures) || _rotation.Next() is not { } next)
        {
            Wait();
            return;
        }

        Become(Opening);
        var song = _song = new StationSong(next);
        var (state, path) = (_rotation.State, _statePath);
        Run(() => song.Open() is { } refusal ? new Opened(refusal, null) : new Opened(null, path is null ? null : Keep(path, state)));
    }

    private void Wait()
    {
        if (!_hasToldWait)
            _log.Warning("station {0}: none of its songs can be played; it will keep trying", _name);
        _hasToldWait = true;
        if (_announced is not null)
            Context.Parent.Tell(new SourceTitle(""));
        _announced = null;
        // When the disk with the songs comes back, the station continues where it left off. Songs that cannot be played for other reasons
        // are skipped.
        if (_failures > 0 && _away == _failures)
            _rotation = _rotation!.ReturnTo(_lastPlayed);
        (_failures, _away) = (0, 0);
        Become(Waiting);
        Timers.StartSingleTimer(TryAgain.Instance, TryAgain.Instance, _waits.Next());
    }

    private void Read()
    {
        Become(Reading);
        _song!.ReadAsync().PipeTo(Self, success: frames => new BlockRead(frames), failure: Explain);
    }

    private void Send(ReadOnlyMemory<byte> frames)
    {
        if (_announced != _song)
        {
            _lastPlayed = _rotation!.State with { Current = null };
            Context.Parent.Tell(new SourceTitle(_song!.Song.Title));
        }

        _announced = _song;
        (_failures, _away, _hasToldWait) = (0, 0, false);
        _waits.Reset();
        Become(Sending);
        Context.Parent.Tell(new SourceBytes(frames));
    }

    private void LeaveOut(string reason)
    {
        _failures++;
        _away += _song!.IsAway ? 1 : 0;
        // While the station is waiting for a folder to come back, the same songs fail again and again.
        _log.Log(
            _hasToldWait ? LogLevel.DebugLevel : LogLevel.WarningLevel, null, "station {0} skips {1}: {2}", _name,
            _song!.Song.Song.File.Path, reason);
        Choose();
    }

    private void WarnOnce(string problem)
    {
        if (problem != _problem)
            _log.Warning("station {0}: {1}", _name, problem);
        _problem = problem;
    }

    private static string? Keep(string path, StationState state)
    {
        try
        {
            StationFile.Write(path, state);
            return null;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return error.Message;
        }
    }

    private void Run<T>(Func<T> work) => Task.Run(work).PipeTo(Self, failure: Explain);

    private static Failed Explain(Exception error) => new(error.GetBaseException().Message);

    private sealed record Prepared(StationState? State, string? Problem) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Chosen(StationSongs? Songs) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Opened(string? Refusal, string? StateProblem) : ILocalMessage, IDeadLetterSuppression;

    private sealed record BlockRead(ReadOnlyMemory<byte>? Frames) : ILocalMessage, IDeadLetterSuppression;

    private sealed record Failed(string Reason) : ILocalMessage, IDeadLetterSuppression;

    private sealed record TryAgain : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly TryAgain Instance = new();
    }
}
