using System.Diagnostics;
using Akka.Actor;
using Akka.Event;
using TspActors.Peer.Reaching;
using TspActors.Playback;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>
/// Plays songs. It turns messages into events for a <see cref="PlaybackMachine"/> and carries out the machine's effects.
/// </summary>
/// <remarks>
/// The states are those of <see cref="PlaybackPhase"/>:
/// <code>
/// Idle → PlayNow, Enqueue → Playing: a SongFetchActor child fills a player
/// Playing → the player has the complete song, and little is left to play → PlayingAndFetchingNext: a second SongFetchActor
///         → SeekTo → Playing: its SongFetchActor continues at that position, with a new sink for the same player
/// PlayingAndFetchingNext → the end is near, and the next song has bytes → PlayingWithNextReady
///                        → the next song cannot be fetched → Playing, without the skipped song
/// PlayingWithNextReady → the player reaches the next song → Playing
///                      → the next song has no audio → Playing, without the skipped song
/// PlayingAndFetchingNext, PlayingWithNextReady → SeekTo, or the queue now has a different next song → Playing; the fetched one is dropped
/// any but Idle → the player ends, or the current song cannot be fetched → Playing the next song in the queue, or Idle
///              → PlayNow, NextSong → Playing that song; if PlayingAndFetchingNext was already fetching it, that fetch continues
///              → StopPlaying → Idle; each SongFetchActor sends STOP to its host
/// </code>
/// Messages from a released SongFetchActor or a closed player are ignored. Supervision: a SongFetchActor that throws is stopped, and its
/// song counts as failed.
/// </remarks>
internal sealed class PlaybackActor : UntypedActor, IWithTimers
{
    private const string WatchTimer = "watch";

    // A little less than the minute of audio that hosts keep for a live feed.
    private static readonly TimeSpan LongestShift = TimeSpan.FromSeconds(50);

    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly ReplayGainMode _gain;
    private readonly PlayQueue _queue;
    private readonly PlaybackMachine _machine;
    private readonly TrackFetches _fetches;
    private readonly OutputLifecycle _output;
    private AudioPipeline? _pipeline;
    private TimeSpan? _pausedAt;
    private PublishedState _published;
    private int _jumps;

    public PlaybackActor(
        ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<AudioPipeline> openOutput,
        IActorRef relays)
    {
        _gain = settings.ReplayGain;
        _queue = new PlayQueue(settings.MaxQueue, Random.Shared);
        _machine = new PlaybackMachine(_queue, new NextSongPolicy(settings.Prefetch, settings.Crossfade));
        _fetches = new TrackFetches(Context, settings, requester, own, trackerLink, relays);
        _output = new OutputLifecycle(Self, Context.System.EventStream, openOutput);
    }

    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="requester">The peer that asks the hosts.</param>
    /// <param name="own">How this peer reaches its own host; null if it hosts nothing.</param>
    /// <param name="trackerLink">The TrackerLinkActor, which knows the hosts.</param>
    /// <param name="openOutput">Opens the sound output.</param>
    /// <param name="relays">The LiveFeedsActor, through which live feeds are passed on; null if they are not.</param>
    public static Props Props(
        ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<AudioPipeline> openOutput,
        IActorRef? relays = null) =>
        Akka.Actor.Props.Create(() => new PlaybackActor(
            settings, requester, own, trackerLink, openOutput, relays ?? ActorRefs.Nobody));

    public ITimerScheduler Timers { get; set; } = null!;

    private static TimeSpan Now => Stopwatch.GetElapsedTime(0);

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop() => Apply(new PlaybackEvent.ShuttingDown());

    protected override void OnReceive(object message)
    {
        switch (message)
        {
            case SetPaused pause:
                Apply(new PlaybackEvent.Commanded(NoteEdge(pause), Sender));
                break;
            case PlayNow or CancelPlay or Enqueue or RestoreQueue or NextSong or PreviousSong or RemoveQueued or MoveQueued or ChangeQueue
                or UndoQueueChange
                or StopPlaying or SeekTo:
                Apply(new PlaybackEvent.Commanded(message, Sender));
                break;
            case FetchStarted started when _fetches.TrackOf(Sender) is { } track:
                _fetches[track].Known = started.Known;
                if (started.Live is not null)
                    (track.Live ??= new LiveFeedTracker()).Started(started.Live, Now);
                Apply(new PlaybackEvent.HostStarted(track, started.Song, started.Host) { Way = started.Way });
                break;
            case ChunkHeard heard when _fetches.TrackOf(Sender) is { Live: { } live, Song: { } song } track:
                if (live.Add(heard.Chunk, Now) && track == _machine.Phase.CurrentTrack)
                    AnnounceTitle(song, heard.Chunk.Title.Text);
                break;
            case TitleDue due when _machine.Phase.CurrentTrack?.Song == due.Song:
                Publish(new TitleHeard(due.Song, due.Title));
                break;
            case FetchNotice notice when _fetches.TrackOf(Sender) is not null:
                Publish(new PlaybackNotice(notice.Text));
                break;
            case FetchCompleted completed when _fetches.End(Sender, completed.Sink) is { } track:
                Apply(new PlaybackEvent.FetchCompleted(track));
                break;
            case FetchFailed failed when _fetches.End(Sender, failed.Sink) is { } track:
                Apply(new PlaybackEvent.FetchFailed(track, failed.Reason) { IsUnreached = failed.IsUnreached });
                break;
            case TrackFetches.FetchDied died when _fetches.End(died.Fetch, null) is { } track:
                Apply(new PlaybackEvent.FetchFailed(track, "internal error"));
                break;
            case OutputLifecycle.SongReached:
                Apply(new PlaybackEvent.PlayerRead());
                break;
            case OutputLifecycle.SoundEnded ended:
                Apply(new PlaybackEvent.SoundEnded(ended.Sound, (ended.End as PlaybackEnd.Failed)?.Reason));
                break;
            case OutputLifecycle.Closed:
                _log.Debug("sound output closed");
                _output.OnClosed();
                break;
            case WatchDue:
                Apply(new PlaybackEvent.WatchTicked());
                break;
            case SetVolume volume:
                SetVolume(volume.Percent);
                break;
            case AwaitSilence:
                _output.TellWhenSilent(Sender);
                break;
            case GetPlayback:
                Apply(new PlaybackEvent.PlayerRead());
                Sender.Tell(Status());
                break;
            case EventMark:
                Publish(message);
                break;
        }

        if (message is not GetPlayback)
            PublishChange();
    }

    // Subscribers learn of each change once, and ask for the position themselves.
    private void PublishChange()
    {
        var state = new PublishedState(
            _machine.Phase.CurrentTrack, _machine.Phase.CurrentTrack?.Song, _pipeline?.Paused ?? false, _output.Volume, _queue.Repeat,
            _queue.Version, _jumps);
        if (state == _published)
            return;
        var hasJumped = state.Track is not null && state.Track == _published.Track && state.Jumps != _published.Jumps;
        _published = state;
        Publish(new PlaybackChanged(Status(), hasJumped));
    }

    private void Apply(PlaybackEvent happened)
    {
        foreach (var effect in _machine.Handle(happened, Read()))
            CarryOut(effect);
    }

    private SoundReading Read()
    {
        if (_pipeline is not { } pipeline || _machine.Phase.CurrentTrack is not { } heard)
            return default;
        var next = _machine.Phase.NextTrack;
        var hasReachedNext = _machine.Phase is PlaybackPhase.PlayingWithNextReady && pipeline.Song == _fetches[next!].Sink.Number;
        if (hasReachedNext)
            (heard, next) = (next!, null);
        return new SoundReading(
            pipeline.Position, pipeline.Buffered, pipeline.Stalls, pipeline.Paused, hasReachedNext,
            NextHasBytes: next is not null && _fetches[next].Sink.HasBytes,
            CanSeek: heard.Song is { } song && _fetches[heard].CanSeek(song));
    }

    private void CarryOut(PlaybackEffect effect)
    {
        switch (effect)
        {
            case PlaybackEffect.OpenSound open:
                _pausedAt = null;
                _log.Debug("opening sound output {0} for song {1}", open.Sound, open.First.Entry.Id);
                _pipeline = _output.Open(open.Sound);
                _pipeline.BeginFirst(_fetches[open.First].Sink);
                break;
            case PlaybackEffect.CloseSound:
                _pausedAt = null;
                _output.Close(_pipeline!);
                _pipeline = null;
                break;
            case PlaybackEffect.Fetch fetch:
                _log.Debug("fetching song {0}", fetch.Track.Entry.Id);
                _fetches.Begin(fetch.Track);
                break;
            case PlaybackEffect.Release release:
                _fetches.Release(release.Track);
                break;
            case PlaybackEffect.EndSong end:
                _pipeline!.EndSong(end.MoreFollows);
                break;
            case PlaybackEffect.GiveToPlayer give:
                _log.Debug("passing song {0} to the player as the next one", give.Next.Entry.Id);
                _pipeline!.BeginNext(_fetches[give.Next].Sink);
                break;
            case PlaybackEffect.RestartSound restart:
                Restart(restart);
                break;
            case PlaybackEffect.SetPause pause:
                _pipeline!.Paused = pause.Paused;
                break;
            case PlaybackEffect.WatchEnd { On: true }:
                Timers.StartPeriodicTimer(WatchTimer, WatchDue.Instance, NextSongPolicy.Interval);
                break;
            case PlaybackEffect.WatchEnd:
                Timers.Cancel(WatchTimer);
                break;
            // At shutdown, the peer stops playback with a message that has no sender.
            case PlaybackEffect.Reply reply when !reply.ReplyTo.Equals(Context.System.DeadLetters):
                ((IActorRef)reply.ReplyTo).Tell(reply.Message);
                break;
            case PlaybackEffect.Publish publish:
                Publish(publish.Message);
                break;
        }
    }

    private void Restart(PlaybackEffect.RestartSound restart)
    {
        var sink = new PlayerSink();
        if (!_pipeline!.TryRestart(restart.Position, _fetches[restart.Current].Sink.Number, sink))
        {
            Apply(new PlaybackEvent.RestartMissed(restart.ReplyTo));
            return;
        }

        _log.Debug("song {0} continues at {1}", restart.Current.Entry.Id, restart.Position);
        _fetches.Move(restart.Current, restart.Position, sink);
        _jumps++;
        Apply(new PlaybackEvent.SoundRestarted(restart.ReplyTo));
    }

    private void SetVolume(int percent)
    {
        _output.Volume = Math.Clamp(percent, 0, 100);
        if (_pipeline is { } pipeline)
            pipeline.Volume = _output.Volume;
        Sender.Tell(new PlaybackDone());
    }

    // The title belongs to a chunk that will be heard only after everything that is already buffered.
    private void AnnounceTitle(Song song, string title)
    {
        if (title.Length > 0)
            Timers.StartSingleTimer(title, new TitleDue(song, title), _pipeline?.Buffered ?? TimeSpan.Zero);
    }

    // If a pause lasts longer than hosts keep audio, the feed could continue only with a gap, so playback rejoins it at the edge.
    private SetPaused NoteEdge(SetPaused pause)
    {
        var isLong = !pause.Paused && _pausedAt is { } since && Now - since > LongestShift;
        if (!pause.Paused || _pipeline is null)
            _pausedAt = null;
        else
            _pausedAt ??= Now;
        return pause with { JoinsEdge = isLong && _machine.Phase.CurrentTrack?.Live is not null };
    }

    private PlaybackStatus Status()
    {
        var current = _machine.Phase.CurrentTrack;
        return new PlaybackStatus(
            current?.Song, current?.Host, _pipeline?.Position ?? TimeSpan.Zero, _pipeline?.Paused ?? false, _output.Volume,
            current is null ? 0 : _fetches[current].Received, _pipeline?.Stalls ?? 0, [.. _queue.Waiting])
        {
            Current = _queue.Current,
            HasPrevious = _queue.Previous is not null,
            HasNext = _queue.CanSkip,
            Buffered = _pipeline?.Buffered ?? TimeSpan.Zero,
            Way = current?.Way ?? HostWay.Direct.Instance,
            Gain = ReplayGain.Choose(current?.Song?.Format, _gain),
            Repeat = _queue.Repeat,
            IsIdle = current is null,
            NowPlaying = current?.Live?.TitleAt(_pipeline?.Buffered ?? TimeSpan.Zero) ?? "",
            Behind = current?.Live?.Behind(_pipeline?.Buffered ?? TimeSpan.Zero, Now) ?? TimeSpan.Zero,
        };
    }

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private readonly record struct PublishedState(
        Track? Track, Song? Song, bool Paused, int Volume, RepeatMode Repeat, int Queue, int Jumps);

    private sealed record TitleDue(Song Song, string Title) : ILocalMessage, IDeadLetterSuppression;

    private sealed record WatchDue : ILocalMessage, IDeadLetterSuppression
    {
        public static readonly WatchDue Instance = new();
    }
}
