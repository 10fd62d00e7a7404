using System.Runtime.InteropServices;

namespace TspActors.Playback.Tests;

/// <summary>Checks how a player plays a single song: buffering, stalls, volume, failures and its end.</summary>
public sealed class SongPlayerSpecs
{
    [Fact]
    public async Task Every_sample_reaches_the_output_and_the_song_finishes()
    {
        var output = new RecordingOutput();
        var song = RawBackend.Song(5000);
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { InputBufferBytes = 1000 });
        player.Start();

        Assert.True(await player.WriteAsync(song));
        player.Complete();

        Assert.Equal(new PlaybackEnd.Finished(), await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(song, output.Heard);
        Assert.Equal([RawBackend.Format], output.Formats);
        Assert.True(output.Disposed);
        Assert.Equal(TimeSpan.FromSeconds(5), player.Position);
        Assert.Equal(PlaybackState.Ended, player.State);
    }

    [Fact]
    public async Task Playback_begins_at_the_start_threshold()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        var playing = EnteringOf(player, PlaybackState.Playing);
        player.Start();

        await player.WriteAsync(RawBackend.Song(249));
        await Limits.Until(() => player.BufferedBytes == 0);
        Assert.Equal(PlaybackState.Buffering, player.State);
        Assert.Empty(output.Formats);

        await player.WriteAsync(RawBackend.Song(1));
        await playing.WaitAsync(Limits.Test);
    }

    [Fact]
    public async Task A_song_shorter_than_the_threshold_plays_once_it_is_complete()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        player.Start();
        await player.WriteAsync(RawBackend.Song(20));
        player.Complete();

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(RawBackend.Song(20), output.Heard);
        Assert.Equal(0, player.Stalls);
    }

    [Fact]
    public async Task A_writer_waits_while_the_buffer_is_full()
    {
        var output = new RecordingOutput();
        var song = RawBackend.Song(2000);
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { InputBufferBytes = 1024 });

        var write = player.WriteAsync(song).AsTask();
        Assert.False(write.IsCompleted);
        Assert.Equal(1024, player.BufferedBytes);
        await Assert.ThrowsAsync<InvalidOperationException>(async () => await player.WriteAsync(song));

        player.Start();
        Assert.True(await write.WaitAsync(Limits.Test));
        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(song, output.Heard);
    }

    [Fact]
    public async Task A_waiting_write_can_be_cancelled()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()), new SongPlayerSettings { InputBufferBytes = 16 });
        using var cancel = new CancellationTokenSource();
        var write = player.WriteAsync(RawBackend.Song(100), cancel.Token).AsTask();
        await cancel.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Limits.Test));
    }

    [Fact]
    public async Task Running_dry_counts_as_a_stall_but_the_end_of_the_song_does_not()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        var states = new List<PlaybackState>();
        player.StateChanged += states.Add;
        var dry = EnteringOf(player, PlaybackState.Buffering);
        player.Start();
        await player.WriteAsync(RawBackend.Song(300));
        await dry.WaitAsync(Limits.Test);
        Assert.Equal(1, player.Stalls);

        await player.WriteAsync(RawBackend.Song(300));
        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(TimeSpan.FromMilliseconds(600), player.Position);
        Assert.InRange(player.Stalls, 1, 2); // the player may run dry again before it sees Complete
        Assert.Equal([PlaybackState.Playing, PlaybackState.Buffering, PlaybackState.Playing], states.Take(3));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(0)]
    [InlineData(7)]
    public async Task The_volume_scales_the_samples(int volume)
    {
        var output = new RecordingOutput();
        var song = RawBackend.Song(1000);
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { Volume = volume });
        player.Start();
        await player.WriteAsync(song);
        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);

        var expected = MemoryMarshal.Cast<byte, short>(song).ToArray().Select(sample => (short)(sample * volume / 100));
        Assert.Equal(expected, MemoryMarshal.Cast<byte, short>(output.Heard).ToArray());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(101)]
    public void A_volume_outside_0_to_100_is_rejected(int volume)
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        Assert.Throws<ArgumentOutOfRangeException>(() => player.Volume = volume);
    }

    [Fact]
    public async Task Input_without_sound_fails_with_a_reason()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        player.Start();
        player.Complete();

        var failed = Assert.IsType<PlaybackEnd.Failed>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Contains("no MP3 audio", failed.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task If_an_output_without_a_fallback_is_lost_playback_fails_with_the_outputs_reason()
    {
        var output = new RecordingOutput { WritesUntilLost = 3 };
        using var player = new SongPlayer(RawBackend.To(output));
        player.Start();
        await player.WriteAsync(RawBackend.Song(1000));

        Assert.Equal(new PlaybackEnd.Failed("The test device was unplugged."), await player.Completion.WaitAsync(Limits.Test));
        Assert.False(await player.WriteAsync(RawBackend.Song(1)));
        Assert.True(output.Disposed);
    }

    [Fact]
    public async Task An_exception_from_a_handler_ends_the_song_but_not_the_process()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        player.StateChanged += _ => throw new InvalidOperationException("handler");
        player.Start();
        await player.WriteAsync(RawBackend.Song(1000));

        Assert.Equal(new PlaybackEnd.Failed("handler"), await player.Completion.WaitAsync(Limits.Test));
    }

    [Fact]
    public async Task A_player_can_be_stopped_before_it_starts()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        player.Stop();
        player.Start();

        Assert.IsType<PlaybackEnd.Stopped>(await player.Completion.WaitAsync(Limits.Test));
        Assert.False(player.Seek(TimeSpan.Zero));
    }

    [Fact]
    public async Task Disposing_a_player_closes_its_output()
    {
        var output = new RecordingOutput();
        var player = new SongPlayer(RawBackend.To(output));
        var playing = EnteringOf(player, PlaybackState.Playing);
        player.Start();
        await player.WriteAsync(RawBackend.Song(500));
        await playing.WaitAsync(Limits.Test);

        await player.DisposeAsync();
        Assert.True(output.Disposed);
        Assert.IsType<PlaybackEnd.Stopped>(await player.Completion);

        await player.DisposeAsync();
        await new SongPlayer(RawBackend.To(output)).DisposeAsync();
    }

    /// <summary>Returns a task that completes when the player next enters the state. Call this before the player starts.</summary>
    internal static Task EnteringOf(SongPlayer player, PlaybackState wanted)
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        player.StateChanged += state =>
        {
            if (state == wanted)
                entered.TrySetResult();
        };
        return entered.Task;
    }
}
