using Akka.Actor;
using Akka.Event;
using TspActors.Playback;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Listening;

/// <summary>What this peer listens to: the song that is heard, the one that is fetched to follow it without a gap, the queue, pause, seek and volume.</summary>
/// <remarks>
/// <code>
/// Idle  → PlayNow, Enqueue → a SongFetchActor child fills the player: Heard
/// Heard → all of it is with the player, and little is left to be heard → a SongFetchActor for the next song: Heard and Ahead
///       → the player has ended, or FetchFailed → next of the queue, or Idle
///       → SeekTo → its SongFetchActor goes on from there, into the same player
/// Heard and Ahead → the end is near, bytes wait → the next song is the player's, too → it is reached: Heard
///       → what comes next changes → the song ahead is dropped: Heard
/// any   → StopPlaying → Idle; each SongFetchActor says STOP to its host
/// </code>
/// What a SongFetchActor or a player says after it was left is ignored. Supervision: a SongFetchActor that fails is stopped and counts as failed.
/// </remarks>
internal sealed class PlaybackActor : ReceiveActor, IWithTimers
{
    private const string LookTimer = "look";

    private readonly ListeningSettings _settings;
    private readonly TrackFetches _fetches;
    private readonly OutputLifecycle _desk;
    private readonly NextSongPolicy _lookAhead;
    private readonly PlayQueue _queue;
    private AudioPipeline? _speakers;
    private Track? _heard;
    private Track? _ahead;

    public PlaybackActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<AudioPipeline> openSpeakers)
    {
        _settings = settings;
        _fetches = new TrackFetches(Context, settings, requester, own, trackerLink);
        _desk = new OutputLifecycle(Self, Context.System.EventStream, openSpeakers);
        _lookAhead = new NextSongPolicy(settings.Prefetch);
        _queue = new PlayQueue(settings.MaxQueue, Random.Shared);
        Receive<PlayNow>(Play);
        Receive<Enqueue>(Add);
        Receive<NextSong>(_ => Skip());
        Receive<ChangeQueue>(Change);
        Receive<StopPlaying>(_ => Stop());
        Receive<AwaitSilence>(_ => _desk.TellWhenSilent(Sender));
        Receive<SetPaused>(set => Pause(set.Paused));
        Receive<SeekTo>(Seek);
        Receive<SetVolume>(SetVolume);
        Receive<GetPlayback>(_ => Sender.Tell(Status()));
        Receive<FetchStarted>(started => Started(SendersTrack!, started), _ => SendersTrack is not null);
        Receive<FetchNotice>(notice => Publish(new PlaybackNotice(notice.Text)), _ => SendersTrack is not null);
        Receive<FetchCompleted>(completed => AllHere(SendersTrack!, completed.Seek), _ => SendersTrack is not null);
        Receive<FetchFailed>(failed => Failed(SendersTrack!, failed.Reason, failed.Seek), _ => SendersTrack is not null);
        Receive<TrackFetches.FetchDied>(died => Failed(died.Track, "it failed inside"), died => died.Track == _heard || died.Track == _ahead);
        Receive<OutputLifecycle.SongReached>(_ => CatchUp(), reached => reached.Speakers == _speakers);
        Receive<OutputLifecycle.SoundEnded>(SoundOver);
        Receive<OutputLifecycle.Released>(_ => _desk.OnReleased());
        Receive<Look>(_ => LookAhead());
        Receive<EventMark>(Publish);
        ReceiveAny(_ => { });
    }

    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="requester">Who asks the hosts.</param>
    /// <param name="own">Where this peer's own songs are had; null when it hosts nothing.</param>
    /// <param name="trackerLink">Who knows the hosts.</param>
    /// <param name="openSpeakers">Opens the sound output.</param>
    public static Props Props(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<AudioPipeline> openSpeakers) =>
        Akka.Actor.Props.Create(() => new PlaybackActor(settings, requester, own, trackerLink, openSpeakers));

    public ITimerScheduler Timers { get; set; } = null!;

    private Track? SendersTrack => Sender.Equals(_heard?.Fetch) ? _heard : Sender.Equals(_ahead?.Fetch) ? _ahead : null;

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(_ => Directive.Stop);

    protected override void PostStop() => Silence();

    // What is heard ---------------------------------------------------------------------------------------------------------------

    private void Play(PlayNow play)
    {
        CatchUp();
        if (!_queue.TryPlay(play.Songs))
        {
            Sender.Tell(TooMany());
            return;
        }

        Begin(Sender, play.Pace);
    }

    /// <summary>Plays what is current in the queue, with speakers of its own.</summary>
    private void Begin(IActorRef asker, Pace pace = Pace.Realtime)
    {
        var ready = _ahead is { IsOpen: false } ahead && ahead.Entry.Id == _queue.Current?.Id ? ahead : null;
        if (ready is not null)
            _ahead = null;
        Silence();
        if (_queue.Current is not { } entry)
            return;
        _heard = ready ?? new Track(entry, pace);
        _heard.Asker = asker;
        _speakers = _desk.Open();
        _speakers.Begin(_heard.Turn);
        if (ready is null)
            _fetches.Begin(_heard, 0);
        else if (_heard.Song is not null)
            TellHeard();
        LookAhead();
    }

    private void Started(Track track, FetchStarted started)
    {
        var isNews = track.Song is null;
        (track.Song, track.Host, track.Known) = (started.Song, started.Host, started.Known);
        if (isNews && track == _heard)
            TellHeard();
    }

    private void TellHeard()
    {
        var asker = _heard!.Asker;
        _heard.Asker = ActorRefs.Nobody;
        asker.Tell(new PlaybackStarted(_heard.Song!, _heard.Host!));
        Publish(new SongHeard(_heard.Song!, _heard.Host!));
    }

    private void AllHere(Track track, int seek)
    {
        if (!_fetches.End(track, seek))
            return;
        track.IsAllHere = true;
        // The player could come to its end before this actor knows that the song ahead is the one that is heard.
        if (track == _ahead)
            _speakers!.EndSong(more: _queue.Waiting.Count > 1 || _queue.Repeat != RepeatMode.Off);
        LookAhead();
    }

    private void Failed(Track track, string reason, int seek)
    {
        if (_fetches.End(track, seek))
            Failed(track, reason);
    }

    private void Failed(Track track, string reason)
    {
        _fetches.Forget(track);
        CatchUp();
        if (track == _heard)
        {
            Over(reason);
        }
        else if (track.IsOpen)
        {
            track.Failure = reason;
            LookAhead();
        }
        else
        {
            PassOver(track, reason);
        }
    }

    private void SoundOver(OutputLifecycle.SoundEnded ended)
    {
        CatchUp();
        if (ended.Speakers != _speakers)
            return;
        // What was given to the player after it had ended is begun anew.
        if (_ahead is { IsOpen: true })
            DropAhead();
        Over((ended.End as PlaybackEnd.Failed)?.Reason);
    }

    /// <summary>The song is over, and with it this sound: what comes next has a sound of its own.</summary>
    private void Over(string? failure)
    {
        var over = _heard!;
        if (failure is null)
            _queue.Advance();
        else
            _queue.DropCurrent();
        var isAnswer = !over.Asker.IsNobody();
        over.Asker.Tell(new PlaybackRefused(failure ?? "it is over"));
        over.Asker = ActorRefs.Nobody;
        TellStalls(over);
        Publish(new SongOver(over.Song, failure, Idle: _queue.Current is null, isAnswer));
        Begin(ActorRefs.Nobody);
    }

    private void TellStalls(Track over)
    {
        if (_speakers!.Stalls - over.StallsBefore is > 0 and var stalls)
            Publish(new PlaybackNotice($"the sound ran dry {(stalls == 1 ? "once" : $"{stalls} times")}"));
    }

    private void Silence()
    {
        Timers.Cancel(LookTimer);
        _heard?.Asker.Tell(new PlaybackRefused("something else was asked for", Withdrawn: true));
        foreach (var track in new[] { _heard, _ahead })
        {
            if (track is not null)
                _fetches.Stop(track);
        }

        _heard = _ahead = null;
        if (_speakers is { } speakers)
            _desk.Close(speakers);
        _speakers = null;
    }

    // What comes next -------------------------------------------------------------------------------------------------------------

    /// <summary>Fetches the next song when it is time, and gives it to the player when it is time for that.</summary>
    private void LookAhead()
    {
        var step = _lookAhead.Decide(_heard, _ahead, _queue.Next, _speakers);
        if (step is NextStep.PassOver)
        {
            PassOver(_ahead!, _ahead!.Failure ?? "there is no MP3 sound in this song");
            return;
        }

        if (step is not NextStep.None)
            _speakers!.EndSong(more: _queue.Next is not null);
        if (step is NextStep.Fetch)
            _fetches.Begin(_ahead = new Track(_queue.Next!, Pace.Realtime), 0);
        else if (step is NextStep.GiveToPlayer)
            _speakers!.BeginNext(_ahead!.Turn);

        if (!NextSongPolicy.IsWaiting(_heard, _ahead, _queue.Next))
            Timers.Cancel(LookTimer);
        else if (!Timers.IsTimerActive(LookTimer))
            Timers.StartPeriodicTimer(LookTimer, Look.Instance, NextSongPolicy.Interval);
    }

    /// <summary>The song ahead will not be heard.</summary>
    private void PassOver(Track ahead, string reason)
    {
        _ahead = null;
        if (!_queue.DropNext())
            Publish(new PlaybackNotice("repeat is off: what was to be repeated cannot be played"));
        Publish(new SongOver(ahead.Song, reason, Idle: false));
        LookAhead();
    }

    /// <summary>The player may have gone on to the song ahead before its message has come.</summary>
    private void CatchUp()
    {
        if (_ahead is not { IsOpen: true } reached || _speakers!.Song != reached.Turn.Number)
            return;
        var over = _heard!;
        (_heard, _ahead) = (reached, null);
        TellStalls(over);
        reached.StallsBefore = _speakers.Stalls;
        // What was to come may have been changed while the player went on.
        if (_queue.Next?.Id == reached.Entry.Id)
            _queue.Advance();
        else
            _queue.Became(reached.Entry);
        Publish(new SongOver(over.Song, null, Idle: false));
        if (reached.Song is not null)
            TellHeard();
        if (reached.Failure is { } failure)
            Over(failure);
        else
            LookAhead();
    }

    /// <summary>Another song comes next than was thought.</summary>
    private void Reconsider()
    {
        if (_ahead is { } ahead && ahead.Entry.Id != _queue.Next?.Id)
        {
            // The player has it already: it must forget that, and with it what is left of the song that is heard.
            if (!ahead.IsOpen || TryGoTo(_speakers!.Position))
                DropAhead();
        }

        LookAhead();
    }

    private void DropAhead()
    {
        _fetches.Stop(_ahead!);
        _ahead = null;
    }

    /// <summary>Goes on from another place of the song that is heard.</summary>
    /// <returns>False when another song is heard by now.</returns>
    private bool TryGoTo(TimeSpan position)
    {
        var turn = new PlayerSink();
        if (!_speakers!.TryRestart(position, _heard!.Turn.Number, turn))
        {
            CatchUp();
            return false;
        }

        _fetches.Move(_heard, _heard.OffsetOf(position), turn);
        return true;
    }

    // Commands --------------------------------------------------------------------------------------------------------------------

    private void Add(Enqueue add)
    {
        CatchUp();
        if (!_queue.TryAdd(add.Songs))
        {
            Sender.Tell(TooMany());
            return;
        }

        if (_heard is null)
        {
            _queue.Advance();
            Begin(ActorRefs.Nobody);
        }

        Reconsider();
        Sender.Tell(new PlaybackDone());
    }

    private void Skip()
    {
        CatchUp();
        if (_queue.Skip() is null)
        {
            Sender.Tell(new PlaybackRefused("the queue is empty"));
            return;
        }

        Begin(ActorRefs.Nobody);
        Sender.Tell(new PlaybackDone());
    }

    private void Change(ChangeQueue change)
    {
        CatchUp();
        switch (change.What)
        {
            case QueueChange.Clear:
                _queue.Clear();
                break;
            case QueueChange.Shuffle:
                _queue.Shuffle();
                break;
            case QueueChange.RepeatOff:
                _queue.Repeat = RepeatMode.Off;
                break;
            case QueueChange.RepeatOne:
                _queue.Repeat = RepeatMode.One;
                break;
            case QueueChange.RepeatAll:
                _queue.Repeat = RepeatMode.All;
                break;
        }

        Reconsider();
        Sender.Tell(new PlaybackDone());
    }

    private void Stop()
    {
        var reply = _heard is null && _queue.Waiting.Count == 0 ? (object)new PlaybackRefused("nothing is playing") : new PlaybackDone();
        _queue.Stop();
        Silence();
        Sender.Tell(reply);
    }

    private void Pause(bool paused)
    {
        if (!IsPlaying())
            return;
        _speakers!.Paused = paused;
        Sender.Tell(new PlaybackDone());
    }

    private void SetVolume(SetVolume volume)
    {
        _desk.Volume = Math.Clamp(volume.Percent, 0, 100);
        if (_speakers is { } speakers)
            speakers.Volume = _desk.Volume;
        Sender.Tell(new PlaybackDone());
    }

    private void Seek(SeekTo seek)
    {
        CatchUp();
        if (!IsPlaying())
            return;
        if (_heard is not { CanSeek: true, Song: { } song })
        {
            Sender.Tell(new PlaybackRefused("the song has not begun yet"));
            return;
        }

        var duration = TimeSpan.FromMilliseconds(song.Format.DurationMs);
        if (seek.Position < TimeSpan.Zero || seek.Position >= duration)
        {
            Sender.Tell(new PlaybackRefused($"the song is {Terminal.SongText.Time(duration)} long"));
            return;
        }

        if (!TryGoTo(seek.Position))
        {
            Sender.Tell(new PlaybackRefused("the song has just ended"));
            return;
        }

        if (_ahead is not null)
            DropAhead();
        Sender.Tell(new PlaybackDone());
    }

    private bool IsPlaying()
    {
        if (_heard is not null)
            return true;
        Sender.Tell(new PlaybackRefused("nothing is playing"));
        return false;
    }

    private PlaybackRefused TooMany() => new($"the queue holds at most {_settings.MaxQueue} songs");

    private PlaybackStatus Status()
    {
        CatchUp();
        return new PlaybackStatus(
            _heard?.Song, _heard?.Host, _speakers?.Position ?? TimeSpan.Zero, _speakers?.Paused ?? false, _desk.Volume,
            _heard?.Received ?? 0, _speakers?.Stalls ?? 0, [.. _queue.Waiting])
        {
            Buffered = _speakers?.Buffered ?? TimeSpan.Zero,
            Repeat = _queue.Repeat,
            IsIdle = _heard is null,
        };
    }

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private sealed record Look : ILocalMessage
    {
        public static readonly Look Instance = new();
    }
}
