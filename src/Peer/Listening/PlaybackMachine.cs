using static TspActors.Peer.Listening.PlaybackEffect;
using static TspActors.Peer.Listening.PlaybackPhase;

namespace TspActors.Peer.Listening;

/// <summary>Decides what plays: events go in, effects come out. Only this class decides which song is current.</summary>
/// <remarks>
/// The player moves on to the next song on its own, so the player and this machine could disagree about which song is current. Therefore
/// every event comes with a <see cref="SoundReading"/>, and the machine applies that reading first. An effect can still reach the player
/// too late. Only <see cref="RestartSound"/> depends on the current song, so its result comes back as an event.
/// </remarks>
/// <param name="queue">The songs to play.</param>
/// <param name="policy">Decides when the next song is fetched and passed to the player.</param>
internal sealed class PlaybackMachine(PlayQueue queue, NextSongPolicy policy)
{
    // Going back restarts a song that has played for longer than this, as in other players.
    private static readonly TimeSpan LongestStart = TimeSpan.FromSeconds(3);

    // If this many songs in a row cannot be reached, the cause is assumed to be the network, not the songs.
    private const int MaxUnreached = 3;

    // The songs that have turned out to be unreachable since the last one that played, and the songs that have already made the queue
    // wait. The queue does not wait for the same song twice.
    private readonly List<QueuedSong> _unreached = [];
    private readonly HashSet<int> _waitedFor = [];
    private readonly List<PlaybackEffect> _effects = [];
    private SoundReading _reading;
    private bool _isWatching;
    private bool _isNextUnreached;
    private int _sound;

    // The command that started the current song; meaningful only while somebody waits for a reply about that song.
    private PlayNow? _asked;

    /// <summary>The current state.</summary>
    public PlaybackPhase Phase { get; private set; } = Idle.Instance;

    /// <summary>Applies an event.</summary>
    /// <param name="happened">The event.</param>
    /// <param name="reading">The player's current state; the default value if no player is open.</param>
    /// <returns>The effects to carry out, in order.</returns>
    public IReadOnlyList<PlaybackEffect> Handle(PlaybackEvent happened, SoundReading reading)
    {
        _reading = reading;
        if (reading.HasReachedNext && Phase is PlayingWithNextReady ready)
            MoveToNext(ready);
        React(happened);
        PlaybackEffect[] effects = [.. _effects];
        _effects.Clear();
        return effects;
    }

    private void React(PlaybackEvent happened)
    {
        switch (happened)
        {
            case PlaybackEvent.Commanded commanded:
                _isNextUnreached = false;
                if (Execute(commanded.Command, commanded.ReplyTo) is { } reply)
                    _effects.Add(new Reply(commanded.ReplyTo, reply));
                break;
            case PlaybackEvent.HostStarted started when IsWanted(started.Track):
                HostStarted(started);
                break;
            case PlaybackEvent.FetchCompleted completed when IsWanted(completed.Track):
                FetchCompleted(completed.Track);
                break;
            case PlaybackEvent.FetchFailed failed when IsWanted(failed.Track):
                FetchFailed(failed);
                break;
            case PlaybackEvent.SoundEnded ended when ended.Sound == _sound && Phase is not Idle:
                EndCurrent(ended.Failure);
                break;
            case PlaybackEvent.SoundRestarted restarted:
                SoundRestarted(restarted.ReplyTo);
                break;
            case PlaybackEvent.RestartMissed missed:
                if (missed.ReplyTo is not null)
                    _effects.Add(new Reply(missed.ReplyTo, new PlaybackRefused("the song has just ended")));
                PrepareNext();
                break;
            case PlaybackEvent.WatchTicked:
                PrepareNext();
                break;
            case PlaybackEvent.ShuttingDown:
                StopSound();
                break;
        }
    }

    private bool IsWanted(Track track) => track == Phase.CurrentTrack || track == Phase.NextTrack;

    private object? Execute(object command, object replyTo) => command switch
    {
        PlayNow play => Play(play, replyTo),
        CancelPlay cancel => Cancel(cancel.Play),
        Enqueue add => Add(add),
        RestoreQueue restore => Restore(restore),
        NextSong => Skip(),
        PreviousSong => GoBack(replyTo),
        RemoveQueued remove => Edited(queue.Remove(remove.Place)),
        MoveQueued move => Edited(queue.Move(move.From, move.To)),
        ChangeQueue change => Change(change.What),
        UndoQueueChange => Undo(),
        StopPlaying => Stop(),
        SetPaused pause => Pause(pause),
        SeekTo seek => Seek(seek.Position, replyTo),
        _ => null,
    };

    private PlaybackRefused? Play(PlayNow play, object replyTo)
    {
        if (!queue.TryPlay(play.Songs))
            return TooMany();
        _unreached.Clear();
        _asked = play;
        BeginCurrent(replyTo, play.Pace);
        return null;
    }

    private object? Cancel(PlayNow play)
    {
        if (!ReferenceEquals(play, _asked) || Phase.CurrentTrack is not { ReplyTo: not null })
            return null;
        queue.Withdraw(play.Songs);
        StopSound();
        return null;
    }

    private object Add(Enqueue add)
    {
        if (!queue.TryAdd(add.Songs))
            return TooMany();
        if (Phase is Idle)
        {
            queue.Advance();
            BeginCurrent();
        }

        Reconsider();
        return new PlaybackDone();
    }

    private object Restore(RestoreQueue restore)
    {
        if (!queue.TryRestore(restore.Songs))
            return TooMany();
        Reconsider();
        return new PlaybackDone();
    }

    private object Skip()
    {
        if (queue.Skip() is null)
            return new PlaybackRefused("the queue is empty");
        BeginCurrent();
        return new PlaybackDone();
    }

    private object? GoBack(object replyTo)
    {
        var canRestart = Phase.CurrentTrack is { Song.Live: false } && _reading.CanSeek;
        if (canRestart && (_reading.Position > LongestStart || queue.Previous is null))
            return Seek(TimeSpan.Zero, replyTo);
        if (queue.GoBack() is null)
            return new PlaybackRefused("there is no previous song");
        BeginCurrent();
        return new PlaybackDone();
    }

    private object Edited(QueuedSong? song)
    {
        if (song is null)
            return new PlaybackRefused(queue.Waiting.Count switch
            {
                0 => "the queue is empty",
                1 => "the queue has only one song",
                var count => $"the queue has only {count} songs",
            });
        Reconsider();
        return new PlaybackDone(song.Title);
    }

    private PlaybackDone Change(QueueChange change)
    {
        var before = queue.Waiting.Count;
        queue.Apply(change);
        Reconsider();
        return new PlaybackDone(Removed: before - queue.Waiting.Count);
    }

    private object Undo()
    {
        if (!queue.TryUndo())
            return new PlaybackRefused("there is no change to the queue to undo");
        Reconsider();
        return new PlaybackDone();
    }

    private object Stop()
    {
        var waiting = queue.Waiting.Count;
        var isAnything = Phase is not Idle || waiting > 0;
        queue.Stop();
        _unreached.Clear();
        _waitedFor.Clear();
        StopSound();
        return isAnything ? new PlaybackDone(Removed: waiting) : new PlaybackRefused("nothing is playing");
    }

    private object Pause(SetPaused pause)
    {
        if (Phase.CurrentTrack is not { } current)
            return new PlaybackRefused("nothing is playing");
        if (pause.JoinsEdge)
            _effects.Add(new RestartSound(current, TimeSpan.Zero, ReplyTo: null));
        _effects.Add(new SetPause(pause.Paused));
        return new PlaybackDone();
    }

    private PlaybackRefused? Seek(TimeSpan position, object replyTo)
    {
        if (Phase.CurrentTrack is not { } current)
            return new PlaybackRefused("nothing is playing");
        if (current.Song is not { } song || !_reading.CanSeek)
            return new PlaybackRefused("the song has not begun yet");
        if (song.Live)
            return new PlaybackRefused("it is not possible to seek in a live feed; to hear it later, pause it and resume within a minute");
        var duration = TimeSpan.FromMilliseconds(song.Format.DurationMs);
        if (position < TimeSpan.Zero || position >= duration)
            return new PlaybackRefused($"the song is {Terminal.SongText.Time(duration)} long");
        _effects.Add(new RestartSound(current, position, replyTo));
        return null;
    }

    private PlaybackRefused TooMany() => new(
        queue.Capacity == 1 ? "the queue holds at most one song" : $"the queue holds at most {queue.Capacity} songs");

    /// <summary>Plays the queue's current song with a new player.</summary>
    private void BeginCurrent(object? replyTo = null, Protocol.Pace pace = Protocol.Pace.Realtime)
    {
        var fetched = Phase is PlayingAndFetchingNext { Next: var next } && next.Entry.Id == queue.Current?.Id ? next : null;
        StopSound(keep: fetched);
        if (queue.Current is not { } entry)
            return;
        var track = fetched ?? new Track(entry, pace);
        track.ReplyTo = replyTo;
        Phase = new Playing(track);
        _reading = default;
        _effects.Add(new OpenSound(++_sound, track));
        if (fetched is null)
            _effects.Add(new Fetch(track));
        else if (track.Song is not null)
            AnnounceStart(track);
        PrepareNext();
    }

    /// <summary>Ends the current song together with its player. A new player plays the next song.</summary>
    private void EndCurrent(string? failure, bool isUnreached = false)
    {
        var over = Phase.CurrentTrack!;
        if (isUnreached && over.Song is null && !_waitedFor.Contains(over.Entry.Id))
            _unreached.Add(over.Entry);
        else
            _unreached.Clear();
        _isNextUnreached = false;
        if (failure is null)
            queue.Advance();
        else
            queue.DropCurrent();
        var isReply = over.ReplyTo is not null;
        Answer(over, new PlaybackRefused(failure ?? "the song has ended"));
        ReportStalls(over);
        // The queue also waits if its last songs cannot be reached. But a song that the user has just requested is refused instead.
        var stops = _unreached.Count >= MaxUnreached || (_unreached.Count > 0 && queue.Current is null && !isReply);
        _effects.Add(new Publish(new SongOver(over.Song, failure, Idle: stops || queue.Current is null, isReply)));
        if (stops)
            WaitForNetwork();
        else
            BeginCurrent();
    }

    // An outage must not use up the queue.
    private void WaitForNetwork()
    {
        var what = _unreached.Count == 1 ? "the song" : $"{_unreached.Count} songs in a row";
        _waitedFor.Clear();
        _waitedFor.UnionWith(_unreached.Select(song => song.Id));
        queue.PutBack(_unreached);
        _unreached.Clear();
        StopSound();
        _effects.Add(new Publish(new PlaybackNotice($"{what} could not be reached, so the queue is waiting; enter \"play\" to try again")));
    }

    /// <summary>Records that the player has moved on to the next song on its own.</summary>
    private void MoveToNext(PlayingWithNextReady ready)
    {
        var (over, reached) = (ready.Current, ready.Next);
        Phase = new Playing(reached);
        _effects.Add(new Release(over));
        ReportStalls(over);
        reached.StallsBefore = _reading.Stalls;
        _isNextUnreached = false;
        // The queue may have changed while the player moved on.
        if (IsNextOfQueue(reached))
            queue.Advance();
        else
            queue.SetCurrent(reached.Entry);
        _effects.Add(new Publish(new SongOver(over.Song, null, Idle: false)));
        if (reached.Song is not null)
            AnnounceStart(reached);
        if (reached.Failure is { } failure)
            EndCurrent(failure);
        else
            PrepareNext();
    }

    private void StopSound(Track? keep = null)
    {
        Watch(false);
        if (Phase.CurrentTrack is { } current)
        {
            Answer(current, new PlaybackRefused("another command replaced this one", Withdrawn: true));
            _effects.Add(new Release(current));
            if (Phase.NextTrack is { } next && next != keep)
                _effects.Add(new Release(next));
            _effects.Add(new CloseSound());
        }

        Phase = Idle.Instance;
    }

    private void HostStarted(PlaybackEvent.HostStarted started)
    {
        var track = started.Track;
        var isFirst = track.Song is null;
        (track.Song, track.Host, track.Way) = (started.Song, started.Host, started.Way);
        if (isFirst && track == Phase.CurrentTrack)
            AnnounceStart(track);
    }

    private void FetchCompleted(Track track)
    {
        track.HasAllBytes = true;
        // The player could reach the end of the next song before this machine learns that the song has begun, so the machine tells the
        // player now whether another song follows.
        if (track == Phase.NextTrack)
            _effects.Add(new EndSong(MoreFollows: queue.Waiting.Count > 1 || queue.Repeat != RepeatMode.Off));
        PrepareNext();
    }

    private void FetchFailed(PlaybackEvent.FetchFailed failed)
    {
        var (track, reason) = (failed.Track, failed.Reason);
        switch (Phase)
        {
            case PlayingAndFetchingNext { Next: var next } when next == track && failed.IsUnreached && track.Song is null:
                // The song is tried again when the current one is over, so the player must not wait for it.
                DropNext();
                _isNextUnreached = true;
                _effects.Add(new EndSong(MoreFollows: false));
                break;
            case PlayingAndFetchingNext { Next: var next } when next == track:
                SkipNext(track, reason);
                break;
            case PlayingWithNextReady { Next: var next } when next == track:
                // The player still plays the bytes that have arrived. If they contain no audio, the policy skips the song.
                track.Failure = reason;
                PrepareNext();
                break;
            default:
                EndCurrent(reason, failed.IsUnreached);
                break;
        }
    }

    private void AnnounceStart(Track track)
    {
        _unreached.Clear();
        _waitedFor.Clear();
        Answer(track, new PlaybackStarted(track.Song!, track.Host!));
        _effects.Add(new Publish(new SongHeard(track.Song!, track.Host!) { Way = track.Way }));
    }

    private void Answer(Track track, object reply)
    {
        if (track.ReplyTo is { } replyTo)
            _effects.Add(new Reply(replyTo, reply));
        track.ReplyTo = null;
    }

    private void ReportStalls(Track over)
    {
        if (_reading.Stalls - over.StallsBefore is > 0 and var stalls)
        {
            var often = stalls switch { 1 => "once", 2 => "twice", _ => $"{stalls} times" };
            _effects.Add(new Publish(new PlaybackNotice($"the audio buffer ran dry {often}")));
        }
    }

    /// <summary>Carries out the policy's decision about the next song.</summary>
    private void PrepareNext()
    {
        if (_isNextUnreached)
            return;
        var step = policy.Decide(Phase, queue.Next, _reading);
        if (step is NextStep.Skip)
        {
            var silent = Phase.NextTrack!;
            SkipNext(silent, silent.Failure ?? "this song contains no MP3 audio");
            return;
        }

        if (step is not NextStep.None)
            _effects.Add(new EndSong(MoreFollows: queue.Next is not null));
        if (step is NextStep.Fetch)
            FetchNext(queue.Next!);
        else if (step is NextStep.GiveToPlayer && Phase is PlayingAndFetchingNext fetching)
            GiveToPlayer(fetching);
        Watch(NextSongPolicy.MustWatch(Phase, queue.Next));
    }

    private void FetchNext(QueuedSong entry)
    {
        var next = new Track(entry, Protocol.Pace.Realtime);
        Phase = new PlayingAndFetchingNext(Phase.CurrentTrack!, next);
        _effects.Add(new Fetch(next));
    }

    private void GiveToPlayer(PlayingAndFetchingNext fetching)
    {
        Phase = new PlayingWithNextReady(fetching.Current, fetching.Next);
        _effects.Add(new PlaybackEffect.GiveToPlayer(fetching.Next));
    }

    private void SkipNext(Track next, string reason)
    {
        Phase = new Playing(Phase.CurrentTrack!);
        _effects.Add(new Release(next));
        if (!queue.DropNext())
            _effects.Add(new Publish(new PlaybackNotice("repeat has been turned off, because the song cannot be played")));
        _effects.Add(new Publish(new SongOver(next.Song, reason, Idle: false)));
        PrepareNext();
    }

    /// <summary>Drops the prepared song if the queue now has a different next song.</summary>
    private void Reconsider()
    {
        if (Phase is PlayingWithNextReady ready && !IsNextOfQueue(ready.Next))
        {
            // The player can drop the next song only together with the rest of the current one, so the current one is fetched again from
            // its present position.
            _effects.Add(new RestartSound(ready.Current, _reading.Position, ReplyTo: null));
            return;
        }

        if (Phase is PlayingAndFetchingNext fetching && !IsNextOfQueue(fetching.Next))
            DropNext();
        PrepareNext();
    }

    private void SoundRestarted(object? replyTo)
    {
        Phase.CurrentTrack!.HasAllBytes = false;
        if (Phase.NextTrack is not null)
            DropNext();
        if (replyTo is not null)
            _effects.Add(new Reply(replyTo, new PlaybackDone()));
        PrepareNext();
    }

    private void DropNext()
    {
        _effects.Add(new Release(Phase.NextTrack!));
        Phase = new Playing(Phase.CurrentTrack!);
    }

    private bool IsNextOfQueue(Track track) => track.Entry.Id == queue.Next?.Id;

    private void Watch(bool on)
    {
        if (on != _isWatching)
            _effects.Add(new WatchEnd(on));
        _isWatching = on;
    }
}
