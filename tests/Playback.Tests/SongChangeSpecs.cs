namespace TspActors.Playback.Tests;

/// <summary>Checks one player across several songs, byte by byte: song numbers, boundaries, seeks and ends.</summary>
public sealed class SongChangeSpecs
{
    [Fact]
    public async Task Songs_follow_each_other_without_a_gap_and_are_numbered()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        var reached = new List<(int Song, int HeardBefore)>();
        player.SongReached += song => reached.Add((song, output.Heard.Length));
        player.Start();
        for (var song = 0; song < 4; song++)
        {
            if (song > 0)
                Assert.Equal(song, player.BeginNext());
            Assert.True(await player.WriteAsync(RawBackend.Song(500, seed: song)));
        }

        player.Complete();

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(Enumerable.Range(0, 4).SelectMany(song => RawBackend.Song(500, song)), output.Heard);
        Assert.Equal([(0, 0), (1, 1000), (2, 2000), (3, 3000)], reached);
        Assert.Equal([RawBackend.Format], output.Formats);
        Assert.Equal(3, player.CurrentSong);
        Assert.Equal(TimeSpan.FromMilliseconds(500), player.Position);
    }

    [Fact]
    public async Task A_song_boundary_comes_after_a_waiting_write()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { InputBufferBytes = 100 });
        var heardBeforeSecond = -1;
        player.SongReached += song => heardBeforeSecond = song == 1 ? output.Heard.Length : heardBeforeSecond;
        var write = player.WriteAsync(RawBackend.Song(800, seed: 1)).AsTask();

        player.BeginNext();
        player.Start();
        Assert.True(await write.WaitAsync(Limits.Test));
        Assert.True(await player.WriteAsync(RawBackend.Song(300, seed: 2)));
        player.Complete();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(1600, heardBeforeSecond);
        Assert.Equal([.. RawBackend.Song(800, 1), .. RawBackend.Song(300, 2)], output.Heard);
    }

    [Fact]
    public async Task A_song_boundary_after_a_cancelled_write_comes_after_the_accepted_bytes()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output), new SongPlayerSettings { InputBufferBytes = 100 });
        using var cancel = new CancellationTokenSource();
        var write = player.WriteAsync(RawBackend.Song(800, seed: 1), cancel.Token).AsTask();
        player.BeginNext();
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write.WaitAsync(Limits.Test));

        player.Start();
        Assert.True(await player.WriteAsync(RawBackend.Song(300, seed: 2)));
        player.Complete();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal([.. RawBackend.Song(800, 1)[..100], .. RawBackend.Song(300, 2)], output.Heard);
        Assert.Equal(1, player.CurrentSong);
        Assert.Equal(TimeSpan.FromMilliseconds(300), player.Position);
    }

    [Fact]
    public async Task A_seek_keeps_the_song_number_and_drops_the_following_songs()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        var second = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        player.SongReached += song => _ = song != 1 || second.TrySetResult();
        player.Start();
        await player.WriteAsync(RawBackend.Song(300, seed: 1));
        player.BeginNext();
        await player.WriteAsync(RawBackend.Song(300, seed: 2));
        await second.Task.WaitAsync(Limits.Test);
        player.Pause();
        player.BeginNext();
        await player.WriteAsync(RawBackend.Song(300, seed: 3));

        Assert.True(player.Seek(TimeSpan.FromSeconds(7)));
        Assert.Equal(1, player.CurrentSong);
        await player.WriteAsync(RawBackend.Song(400, seed: 4));
        Assert.Equal(2, player.BeginNext());
        await player.WriteAsync(RawBackend.Song(500, seed: 5));
        player.Complete();
        player.Resume();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal([.. RawBackend.Song(400, 4), .. RawBackend.Song(500, 5)], output.Heard[^1800..]);
        Assert.Equal(2, player.CurrentSong);
        Assert.Equal(TimeSpan.FromMilliseconds(500), player.Position);
    }

    [Fact]
    public async Task A_seek_meant_for_another_song_changes_nothing()
    {
        using var player = new SongPlayer(RawBackend.To(new RecordingOutput()));
        Assert.False(player.Seek(TimeSpan.FromSeconds(5), song: 1));
        Assert.True(player.Seek(TimeSpan.FromSeconds(5), song: 0));
        player.Start();
        await player.WriteAsync(RawBackend.Song(400));
        player.Complete();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal(TimeSpan.FromSeconds(5.4), player.Position);
    }

    [Fact]
    public async Task A_song_that_begins_after_the_end_was_announced_is_still_played()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        await player.WriteAsync(RawBackend.Song(300, seed: 1));
        player.Complete();
        Assert.Equal(1, player.BeginNext());
        await player.WriteAsync(RawBackend.Song(300, seed: 2));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal([.. RawBackend.Song(300, 1), .. RawBackend.Song(300, 2)], output.Heard);
        Assert.Equal(0, player.Stalls);
    }

    [Fact]
    public async Task A_song_without_sound_is_skipped_and_reported()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        var (reached, notices) = (new List<int>(), new List<string>());
        player.SongReached += reached.Add;
        player.Notice += notices.Add;
        await player.WriteAsync(RawBackend.Song(300));
        player.BeginNext();
        player.BeginNext();
        await player.WriteAsync(RawBackend.Song(300));
        player.Complete();
        player.Start();

        await player.Completion.WaitAsync(Limits.Test);
        Assert.Equal([0, 2], reached);
        Assert.Contains("no MP3 audio", Assert.Single(notices), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rest_of_a_song_is_played_even_if_the_next_song_has_not_arrived()
    {
        var output = new RecordingOutput();
        using var player = new SongPlayer(RawBackend.To(output));
        player.Start();
        // This is less than the start threshold, so without the song boundary the player would wait for more.
        await player.WriteAsync(RawBackend.Song(100));
        player.BeginNext();

        await Limits.Until(() => output.Heard.Length == 200);
    }

    [Fact]
    public async Task The_buffered_time_is_estimated_from_the_songs_own_byte_rate()
    {
        using var player = new SongPlayer(
            RawBackend.To(new RecordingOutput()), new SongPlayerSettings { InputBufferTime = TimeSpan.FromSeconds(10) });
        player.Start();
        await player.WriteAsync(RawBackend.Song(3000));
        await Limits.Until(() => player.BufferedBytes == 0);
        player.Pause();
        await Limits.Until(() => player.State == PlaybackState.Paused);

        // The buffer accepts ten seconds of sound, at 2,000 bytes per second.
        var write = player.WriteAsync(RawBackend.Song(60_000)).AsTask();
        Assert.Equal(20_000, player.BufferedBytes);
        Assert.False(write.IsCompleted);
        Assert.InRange(player.Buffered, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(10.3));

        player.Stop();
        Assert.False(await write.WaitAsync(Limits.Test));
        Assert.Equal(TimeSpan.Zero, player.Buffered);
    }
}
