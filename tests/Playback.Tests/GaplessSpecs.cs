using TspActors.Playback.Mpg123;

namespace TspActors.Playback.Tests;

/// <summary>Plays real MP3s one after another and checks that there is no gap in the sound.</summary>
public sealed class GaplessSpecs : IDisposable
{
    private static readonly PcmFormat Cd = new(44100, 2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_at_a_constant_bitrate_yield_the_whole_recording() =>
        await HalvesMakeAWhole(Cd, 3, 0.4321, "-b", "128");

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_at_a_variable_bitrate_yield_the_whole_recording() => await HalvesMakeAWhole(Cd, 3, 0.5, "-V", "2");

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_at_a_low_sample_rate_yield_the_whole_recording() =>
        await HalvesMakeAWhole(new PcmFormat(22050, 1), 3, 0.6, "-b", "64");

    [NeedsFact("lame", "mpg123")]
    public async Task Many_short_songs_yield_the_whole_recording()
    {
        var recording = Songs.Chirp(Cd.Rate, Cd.Channels, 2);
        var songs = recording.Chunk(recording.Length / 20 / Cd.FrameBytes * Cd.FrameBytes).Select(
            piece => Songs.Encode(Cd, piece, "-b", "128"));

        var heard = await PlayToWav([.. songs]);

        Assert.Equal(recording.Length, heard.Length);
        Assert.InRange(Sound.Correlation(Sound.Samples(recording), Sound.Samples(heard)), 0.99, 1);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task After_a_seek_the_next_song_still_follows_without_a_gap()
    {
        var recording = Songs.Noise(Cd, 6, seed: 4);
        var seam = recording.Length / 2;
        var (first, second) = (Songs.Encode(Cd, recording.AsSpan(0, seam), "-b", "192"),
            Songs.Encode(Cd, recording.AsSpan(seam), "-b", "192"));
        var output = new RecordingOutput();
        using var player = new SongPlayer(
            new AudioBackend("test", "") { CreateDecoder = _ => new Mpg123Decoder(), CreateOutput = _ => output });
        player.Start();
        await player.WriteAsync(first.AsMemory(0, first.Length / 4));
        await Limits.Until(() => player.BufferedBytes == 0 && player.State == PlaybackState.Buffering);

        player.Seek(TimeSpan.FromSeconds(1.5), song: 0);
        foreach (var piece in first[(first.Length / 2)..].Chunk(100))
            await player.WriteAsync(piece);
        player.BeginNext();
        await player.WriteAsync(second);
        player.Complete();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));

        var oneSecond = Cd.Rate * Cd.FrameBytes;
        Assert.True(Sound.Correlation(Sound.Samples(recording.AsSpan(seam - oneSecond)),
            Sound.Samples(output.Heard.AsSpan()[^(recording.Length - seam + oneSecond)..])) > 0.99);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_song_restarted_by_a_seek_to_its_start_is_complete()
    {
        var recording = Songs.Noise(Cd, 2, seed: 5);
        var song = Songs.Encode(Cd, recording, "-V", "3");
        var output = new RecordingOutput();
        using var player = new SongPlayer(
            new AudioBackend("test", "") { CreateDecoder = _ => new Mpg123Decoder(), CreateOutput = _ => output });
        player.Start();
        await player.WriteAsync(song.AsMemory(0, song.Length / 2));
        await Limits.Until(() => player.BufferedBytes == 0 && player.State == PlaybackState.Buffering);
        var before = output.Heard.Length;

        player.Seek(TimeSpan.Zero);
        await player.WriteAsync(song);
        player.Complete();
        await player.Completion.WaitAsync(Limits.Test);

        Assert.Equal(recording.Length, output.Heard.Length - before);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_song_in_a_different_format_reopens_the_output_but_a_song_in_the_same_format_does_not()
    {
        var output = new RecordingOutput();
        var backend = new AudioBackend("test", "") { CreateDecoder = _ => new Mpg123Decoder(), CreateOutput = _ => output };
        byte[][] songs =
            [Songs.Encode(44100, 2, 1, "-b", "128"), Songs.Encode(44100, 2, 1, "-b", "192"), Songs.Encode(22050, 1, 1, "-b", "64")];

        await Play(backend, songs);

        Assert.Equal([Cd, new PcmFormat(22050, 1)], output.Formats);
        Assert.Equal(2 * 44100 * 4 + 22050 * 2, output.Heard.Length);
    }

    private async Task HalvesMakeAWhole(PcmFormat format, double seconds, double cut, params string[] lameArguments)
    {
        var recording = Songs.Chirp(format.Rate, format.Channels, seconds);
        var seam = (int)(recording.Length * cut) / format.FrameBytes * format.FrameBytes;

        var heard = await PlayToWav(
            [Songs.Encode(format, recording.AsSpan(0, seam), lameArguments), Songs.Encode(format, recording.AsSpan(seam), lameArguments)]);

        Assert.Equal(recording.Length, heard.Length);
        Assert.InRange(Around(recording, heard, seam, format.Rate / 50), 0.99, 1);
        Assert.InRange(Sound.Correlation(Sound.Samples(recording), Sound.Samples(heard)), 0.99, 1);
    }

    // Compares 10 ms (stereo) or 20 ms (mono) on either side of the seam, where a lost or added millisecond would show.
    private static double Around(byte[] recording, byte[] heard, int seam, int samples) =>
        Sound.Correlation(
            Sound.Samples(recording).Slice(seam / 2 - samples, 2 * samples), Sound.Samples(heard).Slice(seam / 2 - samples, 2 * samples));

    private async Task<byte[]> PlayToWav(byte[][] songs)
    {
        var wav = Path.Combine(_folder.FullName, "out.wav");
        await Play(AudioBackends.Resolve("wav:" + wav), songs);
        return Songs.SamplesOf(wav);
    }

    private static async Task Play(AudioBackend backend, byte[][] songs)
    {
        using var player = new SongPlayer(backend);
        var reached = new List<int>();
        player.SongReached += reached.Add;
        player.Start();
        foreach (var song in songs)
        {
            if (song != songs[0])
                player.BeginNext();
            Assert.True(await player.WriteAsync(song));
        }

        player.Complete();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(Enumerable.Range(0, songs.Length), reached);
    }
}
