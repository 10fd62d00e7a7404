using TspActors.Peer.Listening;
using TspActors.Protocol;

namespace TspActors.Peer.Tests.Listening;

/// <summary>Checks the transitions between the playback states, without an actor and without a player.</summary>
public sealed class PlaybackMachineSpecs
{
    // Once the whole song has arrived, Buffered is the duration that is left to play.
    private static readonly SoundReading FarFromEnd = new(TimeSpan.Zero, TimeSpan.FromSeconds(50), 0, false, false, false, true);
    private static readonly SoundReading NearEnd = FarFromEnd with { Buffered = TimeSpan.FromSeconds(8) };
    private static readonly SoundReading AtEnd = FarFromEnd with { Buffered = TimeSpan.FromSeconds(2), NextHasBytes = true };
    private static readonly SoundReading NextReached = FarFromEnd with { HasReachedNext = true };

    private readonly PlayQueue _queue = new(3, new Random(1));
    private readonly PlaybackMachine _machine;
    private readonly object _replyTo = new();

    public PlaybackMachineSpecs() => _machine = new PlaybackMachine(_queue, new NextSongPolicy(TimeSpan.FromSeconds(10)));

    private Track Current => _machine.Phase.CurrentTrack!;

    private Track Next => _machine.Phase.NextTrack!;

    [Fact]
    public void A_play_command_opens_a_player_and_fetches_the_song()
    {
        var effects = Command(new PlayNow(1));

        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);
        Assert.Equal([new PlaybackEffect.OpenSound(1, Current), new PlaybackEffect.Fetch(Current)], effects);
    }

    [Fact]
    public void If_nothing_is_playing_enqueue_plays_the_first_song_and_queues_the_others()
    {
        var effects = Command(new Enqueue(Songs(1, 2)));

        Assert.Equal(1, Current.Entry.Id);
        Assert.Equal([2], _queue.Waiting.Select(song => song.Id));
        Assert.Equal([new PlaybackEffect.OpenSound(1, Current), new PlaybackEffect.Fetch(Current), Replied(new PlaybackDone())], effects);
    }

    public static TheoryData<object, string> NeedsASong => new()
    {
        { new SetPaused(true), "nothing is playing" },
        { new SeekTo(TimeSpan.Zero), "nothing is playing" },
        { StopPlaying.Instance, "nothing is playing" },
        { NextSong.Instance, "the queue is empty" },
        { PreviousSong.Instance, "there is no previous song" },
        { new RemoveQueued(1), "the queue is empty" },
        { new MoveQueued(1, 2), "the queue is empty" },
    };

    [Theory]
    [MemberData(nameof(NeedsASong))]
    public void If_nothing_is_playing_commands_that_need_a_song_are_refused(object command, string reason)
    {
        Assert.Equal([Replied(new PlaybackRefused(reason))], Command(command));
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
    }

    [Fact]
    public void A_cancelled_play_command_ends_its_fetch_and_leaves_the_queue_as_it_was_before()
    {
        Command(new RestoreQueue(Songs(9)));
        var play = new PlayNow(Songs(1, 2, 3));
        Command(play);
        var track = Current;

        var effects = Command(new CancelPlay(play));

        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
        Assert.Contains(new PlaybackEffect.Release(track), effects);
        Assert.Null(_queue.Current);
        Assert.Equal([9], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void A_play_command_that_has_begun_or_was_replaced_is_not_cancelled()
    {
        var replaced = new PlayNow(Songs(1));
        Command(replaced);
        var play = new PlayNow(Songs(1));
        Command(play);
        Assert.Empty(Command(new CancelPlay(replaced)));
        Handle(new PlaybackEvent.HostStarted(Current, Song(1), Ann));

        Assert.Empty(Command(new CancelPlay(play)));

        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);
    }

    [Fact]
    public void A_restored_queue_does_not_play_until_it_is_asked_to()
    {
        Assert.Equal([Replied(new PlaybackDone())], Command(new RestoreQueue(Songs(1, 2))));
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);

        Command(NextSong.Instance);

        Assert.Equal(1, Current.Entry.Id);
    }

    [Fact]
    public void An_outage_does_not_use_up_the_queue()
    {
        Command(new PlayNow(Songs(1, 2, 3, 4)));

        Handle(new PlaybackEvent.FetchFailed(Current, "no tracker") { IsUnreached = true });
        Handle(new PlaybackEvent.FetchFailed(Current, "no tracker") { IsUnreached = true });
        var effects = Handle(new PlaybackEvent.FetchFailed(Current, "no tracker") { IsUnreached = true });

        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
        Assert.Equal([1, 2, 3, 4], _queue.Waiting.Select(song => song.Id));
        Assert.Contains(effects, effect => effect is PlaybackEffect.Publish { Message: PlaybackNotice });
        Command(NextSong.Instance);
        Assert.Equal(1, Current.Entry.Id);
        // The cause may be the songs and not the network, so they do not make the queue wait twice.
        for (var failed = 0; failed < 3; failed++)
            Handle(new PlaybackEvent.FetchFailed(Current, "no tracker") { IsUnreached = true });
        Assert.Equal(4, Current.Entry.Id);
    }

    [Fact]
    public void An_outage_does_not_use_up_the_last_song_either()
    {
        Start(1, 2);
        Handle(new PlaybackEvent.SoundEnded(1, null));

        Handle(new PlaybackEvent.FetchFailed(Current, "no tracker") { IsUnreached = true });

        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
        Assert.Equal([2], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void Songs_that_could_not_be_reached_before_another_one_was_heard_do_not_count()
    {
        Command(new PlayNow(Songs(1, 2, 3, 4)));
        Handle(new PlaybackEvent.FetchFailed(Current, "no host") { IsUnreached = true });
        Handle(new PlaybackEvent.FetchFailed(Current, "no host") { IsUnreached = true });
        Handle(new PlaybackEvent.HostStarted(Current, Song(3), Ann));
        Command(NextSong.Instance);

        Handle(new PlaybackEvent.FetchFailed(Current, "no host") { IsUnreached = true });

        Assert.Equal([4], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void A_single_song_that_the_user_asks_for_and_that_cannot_be_reached_is_refused()
    {
        Command(new PlayNow(Songs(1)));

        var effects = Handle(new PlaybackEvent.FetchFailed(Current, "no host") { IsUnreached = true });

        Assert.Empty(_queue.Waiting);
        Assert.Contains(effects, effect => effect is PlaybackEffect.Reply { Message: PlaybackRefused });
    }

    [Fact]
    public void Songs_that_nobody_has_are_skipped_however_many_there_are()
    {
        Command(new PlayNow(Songs(1, 2, 3, 4)));

        for (var failed = 0; failed < 3; failed++)
            Handle(new PlaybackEvent.FetchFailed(Current, "no host"));

        Assert.Equal(4, Current.Entry.Id);
    }

    [Fact]
    public void A_next_song_that_cannot_be_reached_stays_in_the_queue_until_it_is_due()
    {
        Start(1, 2, 3);
        Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd);

        var effects = Handle(new PlaybackEvent.FetchFailed(Next, "unreachable") { IsUnreached = true }, NearEnd);
        Handle(new PlaybackEvent.WatchTicked(), NearEnd);

        // Before that, the player was told that another song follows, and would have waited for it forever.
        Assert.Contains(new PlaybackEffect.EndSong(false), effects);

        Assert.Equal((1, null), (Current.Entry.Id, _machine.Phase.NextTrack));
        Assert.Equal([2, 3], _queue.Waiting.Select(song => song.Id));
        Handle(new PlaybackEvent.SoundEnded(1, null));
        Assert.Equal(2, Current.Entry.Id);
    }

    [Fact]
    public void An_emptied_queue_can_be_restored_once_and_does_not_play()
    {
        Start(1, 2);
        Command(StopPlaying.Instance);

        Assert.Equal([Replied(new PlaybackDone())], Command(UndoQueueChange.Instance));
        Assert.Equal([1, 2], _queue.Waiting.Select(song => song.Id));
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
        Assert.Equal(
            [Replied(new PlaybackRefused("there is no change to the queue to undo"))], Command(UndoQueueChange.Instance));
    }

    [Fact]
    public void Going_back_plays_the_previous_song_at_the_start_of_a_song_and_restarts_the_song_later()
    {
        Start(1);
        Command(new Enqueue(Songs(2)), FarFromEnd);
        Command(NextSong.Instance, FarFromEnd);
        Handle(new PlaybackEvent.HostStarted(Current, Song(2), Ann));

        var late = Command(PreviousSong.Instance, FarFromEnd with { Position = TimeSpan.FromSeconds(4) });
        Assert.Equal([new PlaybackEffect.RestartSound(Current, TimeSpan.Zero, _replyTo)], late);
        Command(PreviousSong.Instance, FarFromEnd with { Position = TimeSpan.FromSeconds(2) });

        Assert.Equal(1, Current.Entry.Id);
        Assert.Equal([2], _queue.Waiting.Select(song => song.Id));
    }

    [Fact]
    public void Removing_the_song_that_is_fetched_next_releases_it()
    {
        MakeNextReady();
        var (current, ready) = (Current, Next);

        Assert.Contains(
            new PlaybackEffect.RestartSound(current, AtEnd.Position, null), Command(new RemoveQueued(1), AtEnd));
        Assert.Contains(new PlaybackEffect.Release(ready), Handle(new PlaybackEvent.SoundRestarted(null), AtEnd));
    }

    [Fact]
    public void Too_many_songs_are_refused_and_change_nothing()
    {
        Start(1);
        var phase = _machine.Phase;

        Assert.Equal([Replied(new PlaybackRefused("the queue holds at most 3 songs"))], Command(new PlayNow(Songs(2, 3, 4, 5, 6))));
        Assert.Equal([Replied(new PlaybackRefused("the queue holds at most 3 songs"))], Command(new Enqueue(Songs(2, 3, 4, 5))));

        Assert.Same(phase, _machine.Phase);
    }

    [Fact]
    public void The_play_command_is_answered_when_the_first_host_starts_and_not_again_for_later_hosts()
    {
        Command(new PlayNow(1));

        var first = Handle(new PlaybackEvent.HostStarted(Current, Song(1), Ann));
        Assert.Equal([Replied(new PlaybackStarted(Song(1), Ann)), Published(new SongHeard(Song(1), Ann))], first);

        Assert.Empty(Handle(new PlaybackEvent.HostStarted(Current, Song(1), Ben)));
        Assert.Equal(Ben, Current.Host);
    }

    [Fact]
    public void A_second_play_command_replaces_the_song_and_withdraws_the_first_request()
    {
        Command(new PlayNow(1));
        var replaced = Current;

        var effects = Command(new PlayNow(2));

        Assert.Equal(
            [
                Replied(new PlaybackRefused("another command replaced this one", Withdrawn: true)), new PlaybackEffect.Release(replaced),
                new PlaybackEffect.CloseSound(),
                new PlaybackEffect.OpenSound(2, Current), new PlaybackEffect.Fetch(Current),
            ],
            effects);
        Assert.Equal(2, Current.Entry.Id);
    }

    [Fact]
    public void Skip_continues_with_the_queue()
    {
        Start(1, 2);
        var skipped = Current;

        var effects = Command(NextSong.Instance);

        Assert.Equal(2, Current.Entry.Id);
        Assert.Equal(
            [
                new PlaybackEffect.Release(skipped), new PlaybackEffect.CloseSound(), new PlaybackEffect.OpenSound(2, Current),
                new PlaybackEffect.Fetch(Current),
                Replied(new PlaybackDone()),
            ],
            effects);
    }

    [Fact]
    public void Stop_releases_the_song_and_empties_the_queue()
    {
        Start(1, 2);
        var stopped = Current;

        var effects = Command(StopPlaying.Instance);

        Assert.Equal(
            [new PlaybackEffect.Release(stopped), new PlaybackEffect.CloseSound(), Replied(new PlaybackDone(Removed: 1))], effects);
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
        Assert.Empty(_queue.Waiting);
    }

    [Fact]
    public void Pause_pauses_the_sound() =>
        Assert.Equal([new PlaybackEffect.SetPause(true), Replied(new PlaybackDone())], Playing(1, () => Command(new SetPaused(true))));

    [Fact]
    public void A_fetch_that_fails_ends_the_song_and_refuses_the_play_command()
    {
        Command(new PlayNow(Songs(1, 2)));
        var failed = Current;

        var effects = Handle(new PlaybackEvent.FetchFailed(failed, "no host"));

        Assert.Equal(
            [
                Replied(new PlaybackRefused("no host")), Published(new SongOver(null, "no host", Idle: false, Answered: true)),
                new PlaybackEffect.Release(failed), new PlaybackEffect.CloseSound(), new PlaybackEffect.OpenSound(2, Current),
                new PlaybackEffect.Fetch(Current),
            ],
            effects);
        Assert.Equal(2, Current.Entry.Id);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("the device is gone")]
    public void When_the_sound_of_the_last_song_ends_playback_becomes_idle(string? failure)
    {
        Start(1);
        var over = Current;

        var effects = Handle(new PlaybackEvent.SoundEnded(1, failure));

        Assert.Equal(
            [Published(new SongOver(Song(1), failure, Idle: true)), new PlaybackEffect.Release(over), new PlaybackEffect.CloseSound()],
            effects);
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
    }

    [Fact]
    public void Events_from_an_earlier_player_or_for_a_released_track_are_ignored()
    {
        Start(1);
        var left = Current;
        Start(2);
        var phase = _machine.Phase;

        Assert.Empty(Handle(new PlaybackEvent.SoundEnded(1, null)));
        Assert.Empty(Handle(new PlaybackEvent.FetchCompleted(left)));
        Assert.Empty(Handle(new PlaybackEvent.FetchFailed(left, "too late")));
        Assert.Empty(Handle(new PlaybackEvent.HostStarted(left, Song(1), Ann)));
        Assert.Same(phase, _machine.Phase);
    }

    [Theory]
    [InlineData(1, "the audio buffer ran dry once")]
    [InlineData(2, "the audio buffer ran dry twice")]
    [InlineData(3, "the audio buffer ran dry 3 times")]
    public void A_notice_says_how_often_the_audio_buffer_ran_dry(int stalls, string text)
    {
        Start(1);

        var effects = Handle(new PlaybackEvent.SoundEnded(1, null), FarFromEnd with { Stalls = stalls });

        Assert.Equal(Published(new PlaybackNotice(text)), effects[0]);
    }

    [Fact]
    public void When_the_last_song_has_arrived_the_player_learns_that_nothing_follows()
    {
        Start(1);

        Assert.Equal([new PlaybackEffect.EndSong(MoreFollows: false)], Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd));
        Assert.True(Current.HasAllBytes);
    }

    [Fact]
    public void The_machine_watches_for_the_end_of_a_song_and_fetches_the_next_song_when_the_end_is_near()
    {
        Start(1, 2);

        Assert.Equal(
            [new PlaybackEffect.EndSong(MoreFollows: true), new PlaybackEffect.WatchEnd(true)],
            Handle(new PlaybackEvent.FetchCompleted(Current), FarFromEnd));
        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);

        var effects = Handle(new PlaybackEvent.WatchTicked(), NearEnd);
        Assert.Equal([new PlaybackEffect.EndSong(MoreFollows: true), new PlaybackEffect.Fetch(Next)], effects);
        Assert.IsType<PlaybackPhase.PlayingAndFetchingNext>(_machine.Phase);
        Assert.Equal(2, Next.Entry.Id);
    }

    [Fact]
    public void While_a_song_is_paused_the_next_one_is_not_fetched()
    {
        Start(1, 2);

        Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd with { IsPaused = true });

        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);
    }

    [Fact]
    public void A_seek_restarts_the_sound_and_is_answered_once_the_sound_has_restarted()
    {
        Start(1);
        Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd);

        var effects = Command(new SeekTo(TimeSpan.FromSeconds(30)), NearEnd);

        Assert.Equal([new PlaybackEffect.RestartSound(Current, TimeSpan.FromSeconds(30), _replyTo)], effects);
        Assert.Equal([Replied(new PlaybackDone())], Handle(new PlaybackEvent.SoundRestarted(_replyTo)));
        Assert.False(Current.HasAllBytes);
    }

    [Fact]
    public void A_seek_that_reaches_the_player_too_late_is_refused()
    {
        Start(1);
        Command(new SeekTo(TimeSpan.Zero), FarFromEnd);

        Assert.Equal(
            [Replied(new PlaybackRefused("the song has just ended"))], Handle(new PlaybackEvent.RestartMissed(_replyTo), FarFromEnd));
    }

    [Theory]
    [InlineData(-1, true, "the song is 1:00 long")]
    [InlineData(60, true, "the song is 1:00 long")]
    [InlineData(0, false, "the song has not begun yet")]
    public void A_seek_outside_the_song_or_before_it_begins_is_refused(int seconds, bool canSeek, string reason)
    {
        Start(1);

        Assert.Equal(
            [Replied(new PlaybackRefused(reason))],
            Command(new SeekTo(TimeSpan.FromSeconds(seconds)), FarFromEnd with { CanSeek = canSeek }));
    }

    [Fact]
    public void The_player_receives_the_next_song_just_before_the_current_one_ends_but_only_if_the_next_one_has_bytes()
    {
        FetchNext();

        Assert.Equal(
            [new PlaybackEffect.EndSong(MoreFollows: true)], Handle(new PlaybackEvent.WatchTicked(), AtEnd with { NextHasBytes = false }));
        Assert.Equal(
            [new PlaybackEffect.EndSong(MoreFollows: true)], Handle(new PlaybackEvent.WatchTicked(), NearEnd with { NextHasBytes = true }));

        var effects = Handle(new PlaybackEvent.WatchTicked(), AtEnd);
        Assert.Equal(
            [new PlaybackEffect.EndSong(MoreFollows: true), new PlaybackEffect.GiveToPlayer(Next), new PlaybackEffect.WatchEnd(false)],
            effects);
        Assert.IsType<PlaybackPhase.PlayingWithNextReady>(_machine.Phase);
    }

    [Fact]
    public void A_next_song_that_cannot_be_fetched_is_skipped()
    {
        FetchNext();
        var (current, failed) = (Current, Next);

        var effects = Handle(new PlaybackEvent.FetchFailed(failed, "no host"), NearEnd);

        Assert.Equal(
            [new PlaybackEffect.Release(failed), Published(new SongOver(null, "no host", Idle: false)), new PlaybackEffect.EndSong(true),
                new PlaybackEffect.Fetch(Next)],
            effects);
        Assert.Equal((current, 3), (Current, Next.Entry.Id));
    }

    [Fact]
    public void Repeat_ends_if_the_song_cannot_be_fetched_again()
    {
        Start(1);
        Command(new ChangeQueue(QueueChange.RepeatOne));
        Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd);

        var effects = Handle(new PlaybackEvent.FetchFailed(Next, "no host"), NearEnd);

        Assert.Contains(Published(new PlaybackNotice("repeat has been turned off, because the song cannot be played")), effects);
        Assert.Contains(new PlaybackEffect.EndSong(MoreFollows: false), effects);
        Assert.Equal(RepeatMode.Off, _queue.Repeat);
    }

    [Fact]
    public void Skip_keeps_the_next_song_that_is_being_fetched()
    {
        FetchNext();
        var (skipped, fetched) = (Current, Next);
        Handle(new PlaybackEvent.HostStarted(fetched, Song(2), Ben), NearEnd);

        var effects = Command(NextSong.Instance, NearEnd);

        Assert.Same(fetched, Current);
        Assert.Equal(
            [
                new PlaybackEffect.WatchEnd(false), new PlaybackEffect.Release(skipped), new PlaybackEffect.CloseSound(),
                new PlaybackEffect.OpenSound(2, fetched), Published(new SongHeard(Song(2), Ben)), Replied(new PlaybackDone()),
            ],
            effects);
    }

    [Fact]
    public void If_the_player_ends_early_the_next_song_that_is_being_fetched_follows()
    {
        FetchNext();
        var fetched = Next;

        var effects = Handle(new PlaybackEvent.SoundEnded(1, null), NearEnd);

        Assert.Same(fetched, Current);
        Assert.DoesNotContain(new PlaybackEffect.Release(fetched), effects);
        Assert.Contains(new PlaybackEffect.OpenSound(2, fetched), effects);
    }

    [Fact]
    public void A_next_song_that_is_being_fetched_is_dropped_when_the_queue_is_cleared()
    {
        FetchNext();
        var dropped = Next;

        var effects = Command(new ChangeQueue(QueueChange.Clear), NearEnd);

        Assert.Equal(
            [new PlaybackEffect.Release(dropped), new PlaybackEffect.EndSong(MoreFollows: false), new PlaybackEffect.WatchEnd(false),
                Replied(new PlaybackDone(Removed: 2))],
            effects);
        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);
    }

    [Fact]
    public void A_seek_drops_the_next_song_that_is_being_fetched()
    {
        FetchNext();
        var dropped = Next;

        Command(new SeekTo(TimeSpan.Zero), NearEnd);

        Assert.Contains(new PlaybackEffect.Release(dropped), Handle(new PlaybackEvent.SoundRestarted(_replyTo)));
        Assert.IsType<PlaybackPhase.Playing>(_machine.Phase);
    }

    [Fact]
    public void The_next_song_becomes_the_current_one_when_the_player_reaches_it()
    {
        MakeNextReady();
        var (over, reached) = (Current, Next);
        Handle(new PlaybackEvent.HostStarted(reached, Song(2), Ben), AtEnd);

        var effects = Handle(new PlaybackEvent.PlayerRead(), NextReached);

        Assert.Equal(
            [new PlaybackEffect.Release(over), Published(new SongOver(Song(1), null, Idle: false)), Published(new SongHeard(Song(2), Ben))],
            effects);
        Assert.Equal(new PlaybackPhase.Playing(reached), _machine.Phase);
        Assert.Equal((2, 3), (_queue.Current?.Id, _queue.Next?.Id));
    }

    [Fact]
    public void A_command_acts_on_the_song_that_the_player_has_reached()
    {
        MakeNextReady();

        Command(NextSong.Instance, NextReached);

        Assert.Equal(3, Current.Entry.Id);
    }

    [Fact]
    public void The_song_that_the_player_has_reached_is_current_even_if_it_has_left_the_queue()
    {
        MakeNextReady();
        _queue.Clear();

        Handle(new PlaybackEvent.PlayerRead(), NextReached);

        Assert.Equal((2, null), (_queue.Current?.Id, _queue.Next));
    }

    [Fact]
    public void Stalls_are_counted_separately_for_each_song()
    {
        MakeNextReady();

        Assert.Contains(
            Published(new PlaybackNotice("the audio buffer ran dry twice")),
            Handle(new PlaybackEvent.PlayerRead(), NextReached with { Stalls = 2 }));
        Assert.Contains(
            Published(new PlaybackNotice("the audio buffer ran dry once")),
            Handle(new PlaybackEvent.SoundEnded(1, null), NextReached with { Stalls = 3 }));
    }

    [Fact]
    public void When_the_next_song_has_arrived_the_player_learns_whether_another_one_follows()
    {
        MakeNextReady();

        Assert.Equal(
            [new PlaybackEffect.EndSong(MoreFollows: true), new PlaybackEffect.WatchEnd(true)],
            Handle(new PlaybackEvent.FetchCompleted(Next), AtEnd));
        _queue.Clear();
        Assert.Equal([new PlaybackEffect.EndSong(MoreFollows: false)], Handle(new PlaybackEvent.FetchCompleted(Next), AtEnd));
    }

    [Fact]
    public void A_ready_next_song_whose_fetch_failed_is_reported_as_failed_when_the_player_reaches_it()
    {
        MakeNextReady();
        var broken = Next;

        Assert.Equal([new PlaybackEffect.WatchEnd(true)], Handle(new PlaybackEvent.FetchFailed(broken, "cut"), AtEnd));
        var effects = Handle(new PlaybackEvent.PlayerRead(), NextReached);

        Assert.Contains(Published(new SongOver(Song(1), null, Idle: false)), effects);
        Assert.Contains(Published(new SongOver(null, "cut", Idle: false)), effects);
        Assert.Equal(3, Current.Entry.Id);
    }

    [Theory]
    [InlineData(null, "this song contains no MP3 audio")]
    [InlineData("cut", "cut")]
    public void A_ready_next_song_without_sound_is_skipped_after_a_while(string? failure, string reason)
    {
        MakeNextReady();
        var silent = Next;
        Handle(failure is null ? new PlaybackEvent.FetchCompleted(silent) : new PlaybackEvent.FetchFailed(silent, failure), AtEnd);
        List<PlaybackEffect> effects = [];
        for (var tick = 0; tick < 11; tick++)
        {
            Assert.Same(silent, Next);
            effects.AddRange(Handle(new PlaybackEvent.WatchTicked(), AtEnd with { Buffered = TimeSpan.Zero }));
        }

        Assert.Contains(new PlaybackEffect.Release(silent), effects);
        Assert.Contains(Published(new SongOver(null, reason, Idle: false)), effects);
        Assert.Equal(3, Next.Entry.Id);
    }

    [Fact]
    public void A_ready_next_song_is_dropped_when_the_queue_is_cleared()
    {
        MakeNextReady();
        var (current, dropped) = (Current, Next);
        var reading = AtEnd with { Position = TimeSpan.FromSeconds(58) };

        var effects = Command(new ChangeQueue(QueueChange.Clear), reading);
        Assert.Equal(
            [new PlaybackEffect.RestartSound(current, TimeSpan.FromSeconds(58), null), Replied(new PlaybackDone(Removed: 2))], effects);

        Assert.Equal([new PlaybackEffect.Release(dropped)], Handle(new PlaybackEvent.SoundRestarted(null), reading));
        Assert.Equal(new PlaybackPhase.Playing(current), _machine.Phase);
    }

    [Fact]
    public void A_player_that_has_already_reached_a_dropped_song_plays_it()
    {
        MakeNextReady();
        var reached = Next;
        Command(new ChangeQueue(QueueChange.Clear), AtEnd);

        Handle(new PlaybackEvent.RestartMissed(null), NextReached);

        Assert.Equal(new PlaybackPhase.Playing(reached), _machine.Phase);
        Assert.Equal(2, _queue.Current?.Id);
    }

    [Fact]
    public void A_queue_change_that_keeps_the_ready_next_song_does_not_affect_playback()
    {
        MakeNextReady();
        var phase = _machine.Phase;

        Assert.Equal([Replied(new PlaybackDone())], Command(new Enqueue(Songs(4)), AtEnd));
        Assert.Same(phase, _machine.Phase);
    }

    [Fact]
    public void A_seek_drops_the_ready_next_song()
    {
        MakeNextReady();
        var dropped = Next;

        Assert.Equal([new PlaybackEffect.RestartSound(Current, TimeSpan.Zero, _replyTo)], Command(new SeekTo(TimeSpan.Zero), AtEnd));
        Assert.Equal(
            [new PlaybackEffect.Release(dropped), Replied(new PlaybackDone())], Handle(new PlaybackEvent.SoundRestarted(_replyTo), AtEnd));
    }

    [Fact]
    public void The_ready_next_song_is_fetched_again_if_the_player_ends_before_it_reaches_that_song()
    {
        MakeNextReady();
        var (over, given) = (Current, Next);

        var effects = Handle(new PlaybackEvent.SoundEnded(1, null), AtEnd);

        Assert.Contains(new PlaybackEffect.Release(over), effects);
        Assert.Contains(new PlaybackEffect.Release(given), effects);
        Assert.NotSame(given, Current);
        Assert.Equal(2, Current.Entry.Id);
        Assert.Contains(new PlaybackEffect.Fetch(Current), effects);
    }

    [Fact]
    public void Stop_releases_the_current_and_the_ready_next_song()
    {
        MakeNextReady();
        var (current, next) = (Current, Next);

        Assert.Equal(
            [new PlaybackEffect.Release(current), new PlaybackEffect.Release(next), new PlaybackEffect.CloseSound(),
                Replied(new PlaybackDone(Removed: 2))],
            Command(StopPlaying.Instance, AtEnd));
    }

    [Fact]
    public void Shutting_down_closes_the_sound()
    {
        Start(1);

        Assert.Contains(new PlaybackEffect.CloseSound(), Handle(new PlaybackEvent.ShuttingDown()));
        Assert.IsType<PlaybackPhase.Idle>(_machine.Phase);
    }

    private static readonly Host Ann = new() { Name = "ann" };
    private static readonly Host Ben = new() { Name = "ben" };

    private static Song Song(int id) => new() { Id = id, Format = new AudioFormat { DurationMs = 60_000, PayloadBytes = 960_000 } };

    private static QueuedSong[] Songs(params int[] ids) => [.. ids.Select(id => new QueuedSong(id, $"song {id}"))];

    private PlaybackEffect.Reply Replied(object message) => new(_replyTo, message);

    private static PlaybackEffect.Publish Published(object message) => new(message);

    private IReadOnlyList<PlaybackEffect> Command(object command, SoundReading reading = default) =>
        Handle(new PlaybackEvent.Commanded(command, _replyTo), reading);

    private IReadOnlyList<PlaybackEffect> Handle(PlaybackEvent happened, SoundReading reading = default) =>
        _machine.Handle(happened, reading);

    private T Playing<T>(int id, Func<T> act)
    {
        Start(id);
        return act();
    }

    /// <summary>Starts the first song with a host that sends it, and queues the others.</summary>
    private void Start(params int[] ids)
    {
        Command(new PlayNow(Songs(ids)));
        Handle(new PlaybackEvent.HostStarted(Current, Song(ids[0]), Ann));
    }

    private void FetchNext()
    {
        Start(1, 2, 3);
        Handle(new PlaybackEvent.FetchCompleted(Current), NearEnd);
        Assert.IsType<PlaybackPhase.PlayingAndFetchingNext>(_machine.Phase);
    }

    private void MakeNextReady()
    {
        FetchNext();
        Handle(new PlaybackEvent.WatchTicked(), AtEnd);
        Assert.IsType<PlaybackPhase.PlayingWithNextReady>(_machine.Phase);
    }
}
