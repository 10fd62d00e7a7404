using TspActors.Playback.Outputs;

namespace TspActors.Playback.Tests;

/// <summary>Checks pause, stop and seek, mostly on a clock that the test advances.</summary>
public sealed class SongControlSpecs
{
    private readonly ManualClock _time = new();

    [Fact]
    public async Task A_song_plays_for_exactly_its_duration()
    {
        using var player = NewPlayer();
        player.Start();
        await player.WriteAsync(RawBackend.Song(3000));
        player.Complete();

        await _time.RunUntil(player.Completion);
        Assert.Equal(TimeSpan.FromSeconds(3), _time.Elapsed);
        Assert.Equal(TimeSpan.FromSeconds(3), player.Position);
    }

    [Fact]
    public async Task Pause_keeps_the_position_and_resume_continues_from_it()
    {
        using var player = NewPlayer();
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.Start();
        await player.WriteAsync(RawBackend.Song(3000));
        player.Complete();
        while (player.Position < TimeSpan.FromSeconds(1))
        {
            await _time.TimerWaits().WaitAsync(Limits.Test);
            _time.MoveToNextTimer();
        }

        player.Pause();
        await paused.WaitAsync(Limits.Test);
        var held = player.Position;
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal(held, player.Position);
        Assert.Equal(PlaybackState.Paused, player.State);

        var before = _time.Elapsed;
        player.Resume();
        await _time.RunUntil(player.Completion);
        Assert.Equal(TimeSpan.FromSeconds(3), player.Position);
        Assert.InRange(_time.Elapsed - before, TimeSpan.FromSeconds(3) - held, TimeSpan.FromSeconds(3.1) - held);
        Assert.Equal(0, player.Stalls);
    }

    [Fact]
    public async Task Stop_takes_effect_immediately_while_the_output_waits_and_releases_the_writer()
    {
        using var player = NewPlayer(new SongPlayerSettings { InputBufferBytes = 1000 });
        player.Start();
        var write = player.WriteAsync(RawBackend.Song(60_000)).AsTask();
        await _time.TimerWaits().WaitAsync(Limits.Test);

        player.Stop();
        Assert.Equal(new PlaybackEnd.Stopped(), await player.Completion.WaitAsync(Limits.Test));
        Assert.False(await write.WaitAsync(Limits.Test));
        Assert.Equal(TimeSpan.Zero, _time.Elapsed);
        Assert.Equal(0, player.BufferedBytes);
    }

    [Fact]
    public async Task A_paused_song_can_be_stopped()
    {
        using var player = NewPlayer();
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.Pause();
        player.Start();
        await paused.WaitAsync(Limits.Test);

        player.Stop();
        Assert.IsType<PlaybackEnd.Stopped>(await player.Completion.WaitAsync(Limits.Test));
    }

    [Fact]
    public async Task A_seek_drops_the_buffered_sound_and_the_position_counts_on_from_the_target()
    {
        using var player = NewPlayer(new SongPlayerSettings { InputBufferBytes = 1000 });
        player.Start();
        var write = player.WriteAsync(RawBackend.Song(60_000)).AsTask();
        await _time.TimerWaits().WaitAsync(Limits.Test);

        Assert.True(player.Seek(TimeSpan.FromSeconds(42)));
        Assert.Equal(TimeSpan.FromSeconds(42), player.Position);
        Assert.False(await write.WaitAsync(Limits.Test));
        Assert.True(await player.WriteAsync(RawBackend.Song(400)));
        player.Complete();

        await _time.RunUntil(player.Completion);
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion);
        Assert.Equal(TimeSpan.FromSeconds(42.4), player.Position);
    }

    [Fact]
    public async Task No_sound_from_the_old_position_is_heard_after_a_seek()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.Pause();
        player.Start();
        await paused.WaitAsync(Limits.Test);
        await player.WriteAsync(RawBackend.Song(5000, seed: 1));
        player.Complete();
        player.Seek(TimeSpan.FromSeconds(9));
        await player.WriteAsync(RawBackend.Song(1000, seed: 2));
        player.Complete();
        player.Resume();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(RawBackend.Song(1000, seed: 2), output.Heard);
        Assert.Equal(TimeSpan.FromSeconds(10), player.Position);
    }

    [Fact]
    public async Task Many_seeks_in_a_row_end_at_the_last_position()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        player.Start();
        for (var seed = 1; seed <= 200; seed++)
        {
            player.Seek(TimeSpan.FromSeconds(seed));
            Assert.True(await player.WriteAsync(RawBackend.Song(400, seed)));
        }

        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(TimeSpan.FromSeconds(200.4), player.Position);
        Assert.Equal(RawBackend.Song(400, 200), output.Heard[^800..]);
    }

    private SongPlayer NewPlayer(SongPlayerSettings? settings = null) => new(RawBackend.To(new NullOutput(_time)), settings);
}
