using Akka.Actor;
using Akka.Event;
using TspActors.Playback;
using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>What this peer listens to: the song that is heard, the one that is fetched to follow it without a gap, the queue, pause, seek and volume.</summary>
/// <remarks>
/// <code>
/// Idle  → PlayNow, Enqueue → a SongFetch child fills the player: Heard
/// Heard → all of it is with the player, and little is left to be heard → a SongFetch for the next song: Heard and Ahead
///       → the player has ended, or FetchFailed → next of the queue, or Idle
///       → SeekTo → a new SongFetch from there, into the same player
/// Heard and Ahead → the end is near, bytes wait → the next song is the player's, too → it is reached: Heard
///       → what comes next changes → the song ahead is dropped: Heard
/// any   → StopPlaying → Idle; each SongFetch says STOP to its host
/// </code>
/// What a SongFetch or a player says after it was left is ignored. Supervision: a SongFetch that fails is stopped and counts as failed.
/// </remarks>
internal sealed class PlaybackActor : ReceiveActor, IWithTimers
{
    private const string LookTimer = "look";

    // Before that the next song is not the player's: a queue that changes costs nothing that is heard.
    private static readonly TimeSpan HandOver = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(50);

    // Bytes that are just being decoded are nowhere for a moment.
    private const int MostDryLooks = 10;

    private readonly ListeningSettings _settings;
    private readonly Requester _requester;
    private readonly OwnHost? _own;
    private readonly IActorRef _trackerLink;
    private readonly Func<SpeakerSink> _openSpeakers;
    private readonly PlayQueue _queue;
    private readonly List<IActorRef> _silenceWaiters = [];
    private SpeakerSink? _speakers;
    private Track? _heard;
    private Track? _ahead;
    private int _volume = 100;
    private Task _release = Task.CompletedTask;
    private int _releasing;
    private int _dryLooks;

    public PlaybackActor(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<SpeakerSink> openSpeakers)
    {
        _settings = settings;
        _requester = requester;
        _own = own;
        _trackerLink = trackerLink;
        _openSpeakers = openSpeakers;
        _queue = new PlayQueue(settings.MaxQueue, Random.Shared);
        Receive<PlayNow>(Play);
        Receive<Enqueue>(Add);
        Receive<NextSong>(_ => Skip());
        Receive<ChangeQueue>(Change);
        Receive<StopPlaying>(_ => Stop());
        Receive<AwaitSilence>(_ => _silenceWaiters.Add(Sender), _ => _releasing > 0);
        Receive<AwaitSilence>(_ => Sender.Tell(new PlaybackDone()));
        Receive<SetPaused>(set => Pause(set.Paused));
        Receive<SeekTo>(Seek);
        Receive<SetVolume>(SetVolume);
        Receive<GetPlayback>(_ => Sender.Tell(Status()));
        Receive<FetchStarted>(started => Started(SendersTrack!, started), _ => SendersTrack is not null);
        Receive<FetchNotice>(notice => Publish(new PlaybackNotice(notice.Text)), _ => SendersTrack is not null);
        Receive<FetchCompleted>(completed => AllHere(SendersTrack!, completed.Seek), _ => SendersTrack is not null);
        Receive<FetchFailed>(failed => Failed(SendersTrack!, failed), _ => SendersTrack is not null);
        Receive<FetchDied>(died => Failed(died.Track, "it failed inside"), died => died.Track == _heard || died.Track == _ahead);
        Receive<SongReached>(_ => CatchUp(), reached => reached.Speakers == _speakers);
        Receive<SoundEnded>(SoundOver);
        Receive<Released>(_ => Silent());
        Receive<Look>(_ => LookAhead());
        Receive<EventMark>(Publish);
        ReceiveAny(_ => { });
    }

    /// <param name="settings">Deadlines and limits.</param>
    /// <param name="requester">Who asks the hosts.</param>
    /// <param name="own">Where this peer's own songs are had; null when it hosts nothing.</param>
    /// <param name="trackerLink">Who knows the hosts.</param>
    /// <param name="openSpeakers">Opens the sound output.</param>
    public static Props Props(ListeningSettings settings, Requester requester, OwnHost? own, IActorRef trackerLink, Func<SpeakerSink> openSpeakers) =>
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
        _speakers = OpenSpeakers();
        _speakers.Begin(_heard.Turn);
        if (ready is null)
            Fetch(_heard, 0);
        else if (_heard.Song is not null)
            TellHeard();
        LookAhead();
    }

    private SpeakerSink OpenSpeakers()
    {
        var (system, self) = (Context.System, Self);
        var speakers = _openSpeakers();
        speakers.Noticed += text => system.EventStream.Publish(new PlaybackNotice(text));
        speakers.Reached += _ => self.Tell(new SongReached(speakers), ActorRefs.NoSender);
        speakers.Completion.PipeTo(self, success: end => new SoundEnded(speakers, end));
        speakers.Volume = _volume;
        // A device may be for one at a time.
        if (_release.IsCompleted)
            speakers.Start();
        else
            _release.ContinueWith(_ => speakers.Start(), TaskScheduler.Default);
        return speakers;
    }

    private void Fetch(Track track, long offset)
    {
        track.Offset = offset;
        track.IsAllHere = false;
        track.Seeks = 0;
        var order = new FetchOrder(track.Entry.Id, offset, track.Pace, track.Turn, _requester, _own);
        track.Fetch = Context.ActorOf(SongFetch.Props(order, _settings, _trackerLink, Self));
        Context.WatchWith(track.Fetch, new FetchDied(track));
    }

    private static void StopFetching(Track track)
    {
        Context.Unwatch(track.Fetch);
        track.Fetch.Tell(StopFetch.Instance);
        track.Fetch = ActorRefs.Nobody;
    }

    private void Started(Track track, FetchStarted started)
    {
        var isNews = track.Song is null;
        (track.Song, track.Host) = (started.Song, started.Host);
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
        Context.Unwatch(track.Fetch);
        track.Fetch = ActorRefs.Nobody;
        if (seek != track.Seeks)
        {
            // It had ended before it heard of the seek.
            Fetch(track, track.Offset);
            return;
        }

        track.IsAllHere = true;
        // The player could come to its end before this actor knows that the song ahead is the one that is heard.
        if (track == _ahead)
            _speakers!.EndSong(more: _queue.Waiting.Count > 1 || _queue.Repeat != RepeatMode.Off);
        LookAhead();
    }

    private void Failed(Track track, FetchFailed failed)
    {
        if (failed.Seek == track.Seeks)
        {
            Failed(track, failed.Reason);
            return;
        }

        Context.Unwatch(track.Fetch);
        Fetch(track, track.Offset);
    }

    private void Failed(Track track, string reason)
    {
        Context.Unwatch(track.Fetch);
        track.Fetch = ActorRefs.Nobody;
        CatchUp();
        if (track == _heard)
        {
            Over(reason);
        }
        else if (track.IsOpen)
        {
            track.Failure = reason;
        }
        else
        {
            _ahead = null;
            _queue.DropNext();
            Publish(new SongOver(track.Song, reason, Idle: false));
            LookAhead();
        }
    }

    private void SoundOver(SoundEnded ended)
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
        over.Asker.Tell(new PlaybackRefused(failure ?? "it is over"));
        over.Asker = ActorRefs.Nobody;
        if (_speakers!.Stalls - over.StallsBefore is > 0 and var stalls)
            Publish(new PlaybackNotice($"the sound ran dry {(stalls == 1 ? "once" : $"{stalls} times")}"));
        Publish(new SongOver(over.Song, failure, Idle: _queue.Current is null));
        Begin(ActorRefs.Nobody);
    }

    private void Silence()
    {
        Timers.Cancel(LookTimer);
        _heard?.Asker.Tell(new PlaybackRefused("something else was asked for"));
        foreach (var track in new[] { _heard, _ahead })
        {
            if (track is not null)
                StopFetching(track);
        }

        _heard = _ahead = null;
        if (_speakers is { } speakers)
            Release(speakers);
        _speakers = null;
    }

    private void Release(SpeakerSink speakers)
    {
        _releasing++;
        _release = Task.WhenAll(_release, speakers.DisposeAsync().AsTask());
        _release.PipeTo(Self, success: () => Released.Instance, failure: _ => Released.Instance);
    }

    private void Silent()
    {
        if (--_releasing > 0)
            return;
        _release = Task.CompletedTask;
        foreach (var waiter in _silenceWaiters)
            waiter.Tell(new PlaybackDone());
        _silenceWaiters.Clear();
    }

    // What comes next -------------------------------------------------------------------------------------------------------------

    /// <summary>Fetches the next song when it is time, and gives it to the player when it is time for that.</summary>
    private void LookAhead()
    {
        _dryLooks = IsStuck() ? _dryLooks + 1 : 0;
        if (_dryLooks > MostDryLooks)
        {
            PassOver();
        }
        else if (_heard is { IsAllHere: true, Song: { } song } && _ahead is not { IsOpen: true })
        {
            _speakers!.EndSong(more: _queue.Next is not null);
            if (_queue.Next is { } next)
                LookAhead(next, Left(song));
        }

        var isWaiting = _heard is { IsAllHere: true } && (_ahead is { IsOpen: true } ? _ahead.IsAllHere : _queue.Next is not null);
        if (!isWaiting)
            Timers.Cancel(LookTimer);
        else if (!Timers.IsTimerActive(LookTimer))
            Timers.StartPeriodicTimer(LookTimer, Look.Instance, LookInterval);
    }

    private void LookAhead(QueuedSong next, TimeSpan left)
    {
        if (_ahead is null && left <= _settings.Prefetch && !_speakers!.Paused)
        {
            _ahead = new Track(next, Pace.Realtime);
            Fetch(_ahead, 0);
        }

        if (_ahead is { Turn.HasBytes: true } && left <= HandOver)
            _speakers!.BeginNext(_ahead.Turn);
    }

    // A song without any sound is never reached. The player waits behind it, when something is to follow.
    private bool IsStuck() => _ahead is { IsOpen: true, IsAllHere: true } && _speakers!.Song != _ahead.Turn.Number && _speakers.Buffered == TimeSpan.Zero;

    private void PassOver()
    {
        _dryLooks = 0;
        var ahead = _ahead!;
        _ahead = null;
        _queue.DropNext();
        Publish(new SongOver(ahead.Song, "there is no MP3 sound in this song", Idle: false));
        LookAhead();
    }

    // The buffer is told by the bitrate so far and the position by where a seek was thought to lead; whichever is less is on the safe side.
    private TimeSpan Left(Song song)
    {
        var byPosition = TimeSpan.FromMilliseconds(song.Format.DurationMs) - _speakers!.Position;
        return byPosition < _speakers.Buffered ? byPosition : _speakers.Buffered;
    }

    /// <summary>The player may have gone on to the song ahead before its message has come.</summary>
    private void CatchUp()
    {
        if (_ahead is not { IsOpen: true } reached || _speakers!.Song != reached.Turn.Number)
            return;
        var over = _heard!;
        (_heard, _ahead) = (reached, null);
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
        StopFetching(_ahead!);
        _ahead = null;
    }

    /// <summary>Goes on from another place of the song that is heard.</summary>
    /// <returns>False when another song is heard by now.</returns>
    private bool TryGoTo(TimeSpan position)
    {
        var turn = new SpeakerTurn();
        if (!_speakers!.TryRestart(position, _heard!.Turn.Number, turn))
        {
            CatchUp();
            return false;
        }

        var offset = _heard.OffsetOf(position);
        _heard.Turn = turn;
        if (_heard.Fetch.IsNobody())
        {
            Fetch(_heard, offset);
            return true;
        }

        // The same connection is asked for another part of the song.
        _heard.Offset = offset;
        _heard.IsAllHere = false;
        _heard.Fetch.Tell(new SeekWithin(offset, turn, ++_heard.Seeks));
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
        _volume = Math.Clamp(volume.Percent, 0, 100);
        if (_speakers is { } speakers)
            speakers.Volume = _volume;
        Sender.Tell(new PlaybackDone());
    }

    private void Seek(SeekTo seek)
    {
        CatchUp();
        if (!IsPlaying())
            return;
        if (_heard!.Song is not { } song)
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
            _heard?.Song, _heard?.Host, _speakers?.Position ?? TimeSpan.Zero, _speakers?.Paused ?? false, _volume,
            _heard?.Received ?? 0, _speakers?.Stalls ?? 0, [.. _queue.Waiting])
        {
            Buffered = _speakers?.Buffered ?? TimeSpan.Zero,
            Repeat = _queue.Repeat,
            IsIdle = _heard is null,
        };
    }

    private static void Publish(object message) => Context.System.EventStream.Publish(message);

    private sealed record FetchDied(Track Track) : INoSerializationVerificationNeeded;

    private sealed record SongReached(SpeakerSink Speakers) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record SoundEnded(SpeakerSink Speakers, PlaybackEnd End) : INoSerializationVerificationNeeded, IDeadLetterSuppression;

    private sealed record Released : INoSerializationVerificationNeeded, IDeadLetterSuppression
    {
        public static readonly Released Instance = new();
    }

    private sealed record Look : INoSerializationVerificationNeeded
    {
        public static readonly Look Instance = new();
    }
}
