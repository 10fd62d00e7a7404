namespace TspActors.Playback.Tests;

/// <summary>
/// Checks what a sound device really plays. The device is the null sink of a PulseAudio server. Its sound is recorded and compared with
/// the output of the program mpg123 for the same songs.
/// </summary>
[Collection(nameof(RunsAlone))] // libpulse reads the server's address from an environment variable, which the whole process shares
public sealed class RealSoundSpecs : IAsyncLifetime
{
    private const double AsGoodAsTheSame = 0.99;
    private static readonly PcmFormat Cd = new(44100, 2);

    // The buffer and the deadline are long, so that a busy machine causes no gap in the sound and no loss of the device.
    private static readonly AudioSettings Settings = new()
    {
        DeviceBuffer = TimeSpan.FromSeconds(1),
        DeviceRetry = TimeSpan.FromMilliseconds(100),
        DeviceDeadline = TimeSpan.FromSeconds(30),
    };

    private readonly PulseServer _server = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", "lame", "mpg123")]
    public async Task A_pause_a_song_change_and_a_seek_are_heard_correctly()
    {
        var (first, second) = (Songs.Encode(Cd, Songs.Noise(Cd, 4, seed: 1), "-b", "192"),
            Songs.Encode(Cd, Songs.Noise(Cd, 8, seed: 2), "-b", "192"));
        await _server.StartAsync();
        var backend = AudioBackends.Resolve("auto", Settings);
        Assert.Equal("playing through pulse, decoded by mpg123", backend.Reason);
        await using var recording = await _server.RecordAsync();
        using var player = new SongPlayer(backend);
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.Start();
        await player.WriteAsync(first);
        player.BeginNext();
        await player.WriteAsync(second);

        await Limits.Until(() => player.Position > TimeSpan.FromSeconds(1));
        player.Pause();
        await paused.WaitAsync(Limits.Test);
        var pausedAt = player.Position;
        await recording.EndsSilentAsync(Bytes(0.4));
        player.Resume();
        await Limits.Until(() => player.CurrentSong == 1 && player.Position > TimeSpan.FromSeconds(1));
        Assert.True(player.Seek(TimeSpan.FromSeconds(6)));
        await player.WriteAsync(second.AsMemory(second.Length * 6 / 8));
        player.Complete();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));

        Assert.Equal(0, player.Stalls);
        var heard = await recording.FinishAsync(Bytes(0.5));
        var (one, other) = (Decode(first), Decode(second));
        var beforePause = Heard(one, pausedAt.TotalSeconds - 0.3, 0.3, heard);
        var afterPause = Heard(one, pausedAt.TotalSeconds, 0.3, heard);
        Assert.InRange(afterPause - beforePause, Samples(0.3 + 0.3), int.MaxValue); // the pause added silence in between
        // The last 0.25 s of the first song must be followed by the first 0.25 s of the second without a gap.
        Heard([.. one[^Samples(0.25)..], .. other[..Samples(0.25)]], 0, 0.5, heard);
        var beforeSeek = Heard(other, 0.3, 0.3, heard);
        var afterSeek = Heard(other, 6.3, 0.3, heard);
        Assert.InRange(afterSeek - beforeSeek, Samples(0.3), Samples(5)); // not 6 s, because the seek skipped most of that time
        Heard(other, 7.7, 0.3, heard);
    }

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", "lame", "mpg123")]
    public async Task Sound_returns_after_the_sound_server_has_been_killed_and_restarted()
    {
        var song = Songs.Encode(Cd, Songs.Noise(Cd, 60, seed: 3), "-b", "192");
        await _server.StartAsync();
        using var player = new SongPlayer(
            AudioBackends.Resolve("mpg123", Settings),
            new SongPlayerSettings { InputBufferBytes = song.Length, InputBufferTime = TimeSpan.FromMinutes(2) });
        var (lost, back) = (NewNotice(), NewNotice());
        player.Notice += notice => _ = lost.TrySetResult(notice) || back.TrySetResult(notice);
        player.Start();
        await player.WriteAsync(song);
        await Limits.Until(() => player.Position > TimeSpan.FromSeconds(2));

        await _server.KillAsync();
        Assert.Contains("continues silently", await lost.Task.WaitAsync(Limits.Test), StringComparison.Ordinal);
        await _server.StartAsync();
        Assert.Equal("The song now plays through pulse.", await back.Task.WaitAsync(Limits.Test));
        await using var recording = await _server.RecordAsync();
        await recording.HoldsAsync(Bytes(1.5));
        var now = player.Position;
        Assert.Equal(PlaybackState.Playing, player.State);
        player.Stop();

        var heard = await recording.FinishAsync(Bytes(0.5));
        // The last sound heard must be near the position that the player reported. A few seconds are allowed, because a busy machine
        // reacts late.
        var end = heard.AsSpan().LastIndexOfAnyExcept((short)0) / 2 * 2;
        var songNear = Decode(song).AsSpan(Samples(now.TotalSeconds - 3), Samples(4));
        var (_, correlation) = Sound.Find(heard.AsSpan(end - Samples(0.8), Samples(0.3)), songNear);
        Assert.True(correlation > AsGoodAsTheSame, $"heard with a correlation of {correlation:0.0000}");
    }

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", "lame", "mpg123")]
    public async Task A_hanging_sound_server_counts_as_lost_and_is_used_again_when_it_responds()
    {
        var song = Songs.Encode(Cd, Songs.Noise(Cd, 90, seed: 6), "-b", "192");
        await _server.StartAsync();
        var backend = AudioBackends.Resolve("mpg123", Settings with { DeviceDeadline = TimeSpan.FromSeconds(5) });
        using var player = new SongPlayer(
            backend, new SongPlayerSettings { InputBufferBytes = song.Length, InputBufferTime = TimeSpan.FromMinutes(2) });
        var (lost, back) = (NewNotice(), NewNotice());
        var notices = 0;
        player.Notice += notice =>
        {
            notices++;
            _ = lost.TrySetResult(notice) || back.TrySetResult(notice);
        };
        player.Start();
        await player.WriteAsync(song);
        await Limits.Until(() => player.Position > TimeSpan.FromSeconds(2));

        _server.Hang();
        Assert.Equal(
            "The audio output pulse has not responded for 5 s. The song continues silently until a device is available.",
            await lost.Task.WaitAsync(Limits.Test));
        var atLoss = player.Position;
        await Limits.Until(() => player.Position > atLoss + TimeSpan.FromSeconds(1));
        Assert.False(back.Task.IsCompleted);
        _server.GoOn();
        Assert.Equal("The song now plays through pulse.", await back.Task.WaitAsync(Limits.Test));
        await using var recording = await _server.RecordAsync();
        await recording.HoldsSoundAsync();
        player.Stop();

        Assert.IsType<PlaybackEnd.Stopped>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(2, notices);
    }

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", "lame", "mpg123")]
    public async Task Auto_starts_silently_while_the_sound_server_hangs()
    {
        await _server.StartAsync();
        _server.Hang();
        var backend = AudioBackends.Resolve("auto", Settings with { Drivers = ["pulse"], DeviceDeadline = TimeSpan.FromSeconds(1) });
        Assert.Equal("no sound device found (pulse does not respond): playing silently (null output) until there is one", backend.Reason);
        using var player = new SongPlayer(backend);
        var back = NewNotice();
        player.Notice += notice => back.TrySetResult(notice);
        // The song is written before the player starts, because the buffer then accepts all of it in one write.
        await player.WriteAsync(Songs.Encode(44100, 2, 60, "-b", "64"));
        player.Start();
        await Limits.Until(() => player.Position > TimeSpan.Zero);

        _server.GoOn();

        Assert.Equal("The song now plays through pulse.", await back.Task.WaitAsync(Limits.Test));
    }

    [NeedsFact("pulseaudio", "parec:pulseaudio-utils", "pactl:pulseaudio-utils", "lame", "mpg123")]
    public async Task Without_a_sound_server_auto_plays_silently_until_there_is_one()
    {
        var backend = AudioBackends.Resolve("auto", Settings with { Drivers = ["pulse"] });
        Assert.Equal("null", backend.Name);
        using var player = new SongPlayer(backend);
        var back = NewNotice();
        player.Notice += notice => back.TrySetResult(notice);
        // The song is written before the player starts, because the buffer then accepts all of it in one write.
        await player.WriteAsync(Songs.Encode(44100, 2, 60, "-b", "64"));
        player.Start();
        await Limits.Until(() => player.Position > TimeSpan.Zero);

        await _server.StartAsync();

        Assert.Equal("The song now plays through pulse.", await back.Task.WaitAsync(Limits.Test));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_pause_a_song_change_and_a_seek_are_written_correctly_to_a_wav_file()
    {
        var (first, second) = (Songs.Encode(Cd, Songs.Noise(Cd, 4, seed: 1), "-b", "192"),
            Songs.Encode(Cd, Songs.Noise(Cd, 8, seed: 2), "-b", "192"));
        var wav = Path.Combine(_server.Folder, "a.wav");
        using var player = new SongPlayer(AudioBackends.Resolve("wav:" + wav));
        var paused = SongPlayerSpecs.EnteringOf(player, PlaybackState.Paused);
        player.SongReached += song =>
        {
            if (song == 0)
                player.Pause();
        };
        player.Start();
        await player.WriteAsync(first);
        await paused.WaitAsync(Limits.Test);
        player.Resume();
        player.BeginNext();
        await player.WriteAsync(second.AsMemory(0, second.Length / 2));
        await Limits.Until(() => player.CurrentSong == 1 && player.State == PlaybackState.Buffering);
        Assert.True(player.Seek(TimeSpan.FromSeconds(6), song: 1));
        await player.WriteAsync(second.AsMemory(second.Length * 6 / 8));
        player.Complete();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));

        var heard = Sound.Samples(Songs.SamplesOf(wav)).ToArray();
        var (one, other) = (Decode(first), Decode(second));
        Assert.True(Sound.Correlation(one, heard) > AsGoodAsTheSame);
        Assert.Equal(one.Length - Samples(0.25), Heard([.. one[^Samples(0.25)..], .. other[..Samples(0.25)]], 0, 0.5, heard));
        var beforeSeek = Heard(other, 3.5, 0.3, heard);
        var afterSeek = Heard(other, 6.3, 0.3, heard);
        // The seek skipped a quarter of the song, give or take two frames, and part of a frame is missing on each side.
        Assert.InRange(afterSeek - beforeSeek, Samples(0.3 + 0.3), Samples(1));
        Heard(other, 7.7, 0.3, heard);
    }

    private static TaskCompletionSource<string> NewNotice() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static int Samples(double seconds) => (int)(Cd.Rate * seconds) * Cd.Channels;

    private static int Bytes(double seconds) => 2 * Samples(seconds);

    private static short[] Decode(byte[] song) => Sound.Samples(Songs.DecodeByProgram(song)).ToArray();

    /// <summary>Returns the position in the recording at which a segment of a song is heard.</summary>
    private static int Heard(short[] song, double from, double seconds, short[] recording)
    {
        var (at, correlation) = Sound.Find(song.AsSpan(Samples(from), Samples(seconds)), recording);
        Assert.True(correlation > AsGoodAsTheSame, $"{from:0.000} s is heard with a correlation of {correlation:0.0000} at {at / 2 / 44100.0:0.000} s of {recording.Length / 2 / 44100.0:0.000} s");
        return at;
    }
}
