using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks the decoding of real MP3s. Some tests compare the sound with the output of the program mpg123.</summary>
public sealed class DecodingSpecs : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("tsp-playback-");

    public void Dispose() => _folder.Delete(recursive: true);

    [NeedsFact("lame", "mpg123")]
    public async Task A_stereo_song_decodes_to_the_same_samples_as_with_mpg123() =>
        await DecodesLikeTheProgram(Songs.Encode(44100, 2, 3, "-b", "128"));

    [NeedsFact("lame", "mpg123")]
    public async Task A_mono_song_at_a_low_sample_rate_decodes_to_the_same_samples_as_with_mpg123() =>
        await DecodesLikeTheProgram(Songs.Encode(22050, 1, 3, "-V", "5"));

    [NeedsFact("lame", "mpg123")]
    public async Task Splitting_the_input_anywhere_does_not_change_the_sound()
    {
        var song = Songs.Encode(32000, 2, 2, "-V", "2");
        Assert.Equal(Songs.DecodeByProgram(song), await PlayToWav(song, pieces: 37));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task Garbage_before_and_inside_a_song_is_skipped()
    {
        // The song has no info frame. Such a frame gives the song's length, so a decoder that also counts false frames would end too early.
        var song = Songs.Encode(44100, 2, 3, "-b", "128", "-t");
        var rubbish = new byte[100_000];
        new Random(5).NextBytes(rubbish);
        var clean = await PlayToWav(song);

        var heard = await PlayToWav([.. rubbish, .. song[..(song.Length / 2)], .. rubbish, .. song[(song.Length / 2)..]]);

        // Garbage may cause a click or a false frame, but the sound of the song before and after the garbage must be complete.
        Assert.True(heard.AsSpan().StartsWith(clean.AsSpan(0, clean.Length / 3)), "the first third of the song was not heard");
        // False frames change the state of the decoder's filter bank, so a few samples round differently.
        var differences = SamplesFromEnd(clean).Zip(SamplesFromEnd(heard), (a, b) => Math.Abs(a - b)).Take(clean.Length / 2 / 3);
        Assert.InRange(differences.Max(), 0, 1);
    }

    [NeedsFact("lame", "mpg123")]
    public void The_last_samples_before_a_format_change_are_not_lost()
    {
        var first = Songs.Encode(44100, 2, 2, "-b", "128", "-t");
        using var decoder = new Mpg123Decoder();
        var alone = DurationBy(decoder, first);
        decoder.Reset();
        var second = DurationBy(decoder, Songs.Encode(22050, 1, 2, "-b", "64", "-t"));
        decoder.Reset();

        Assert.Equal(alone + second, DurationBy(decoder, TwoFormats()));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task Playing_pure_garbage_fails()
    {
        var rubbish = new byte[1_000_000];
        var random = new Random(6);
        for (var i = 0; i < rubbish.Length; i++)
            rubbish[i] = (byte)random.Next(0, 0xff); // never 0xff, so that no byte can begin a frame
        using var player = new SongPlayer(AudioBackends.Resolve("wav:" + WavFile));
        player.Start();
        await player.WriteAsync(rubbish);
        player.Complete();

        Assert.IsType<PlaybackEnd.Failed>(await player.Completion.WaitAsync(Limits.Test));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_format_change_reopens_the_device()
    {
        var output = new RecordingOutput();
        var backend = new AudioBackend("test", "") { CreateDecoder = _ => new Mpg123Decoder(), CreateOutput = _ => output };
        using var player = new SongPlayer(backend);
        player.Start();
        await player.WriteAsync(TwoFormats());
        player.Complete();

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal([new PcmFormat(44100, 2), new PcmFormat(22050, 1)], output.Formats);
        Assert.InRange(player.Position, TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(4.2));
    }

    [NeedsFact("lame", "mpg123")]
    public async Task A_wav_file_stays_complete_across_a_format_change()
    {
        var samples = await PlayToWav(TwoFormats());
        Assert.InRange(new PcmFormat(44100, 2).DurationOf(samples.Length), TimeSpan.FromSeconds(3.9), TimeSpan.FromSeconds(4.2));
    }

    [NeedsFact("lame", "mpg123")]
    public void The_silent_decoder_yields_almost_the_same_duration_as_the_real_one()
    {
        foreach (var song in (byte[][])[Songs.Encode(44100, 2, 5, "-b", "96"), Songs.Encode(22050, 1, 5, "-V", "6"),
            Songs.Encode(11025, 1, 5, "-b", "32")])
        {
            using var decoder = new Mpg123Decoder();
            using var clock = new SilentDecoder();
            // The silent decoder does not cut off the delay, the padding or the info frame, so it produces about three more frames.
            Assert.InRange(DurationBy(clock, song) - DurationBy(decoder, song), TimeSpan.Zero, TimeSpan.FromMilliseconds(250));
            Assert.Equal(decoder.Format, clock.Format);
        }
    }

    private string WavFile => Path.Combine(_folder.FullName, "out.wav");

    private static byte[] TwoFormats() =>
        [.. Songs.Encode(44100, 2, 2, "-b", "128", "-t"), .. Songs.Encode(22050, 1, 2, "-b", "64", "-t")];

    private async Task DecodesLikeTheProgram(byte[] song) => Assert.Equal(Songs.DecodeByProgram(song), await PlayToWav(song));

    private async Task<byte[]> PlayToWav(byte[] song, int pieces = 1)
    {
        using var player = new SongPlayer(AudioBackends.Resolve("wav:" + WavFile));
        player.Start();
        foreach (var piece in song.Chunk(song.Length / pieces))
            Assert.True(await player.WriteAsync(piece));
        player.Complete();
        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        return Songs.SamplesOf(WavFile);
    }

    private static IEnumerable<int> SamplesFromEnd(byte[] pcm)
    {
        for (var i = pcm.Length - 2; i >= 0; i -= 2)
            yield return BitConverter.ToInt16(pcm, i);
    }

    private static TimeSpan DurationBy(IMp3Decoder decoder, byte[] song)
    {
        var pcm = new byte[PcmBlock.Size];
        var sum = TimeSpan.Zero;
        foreach (var piece in song.Chunk(777))
        {
            decoder.Feed(piece);
            for (var step = decoder.Read(pcm, out var written); step != DecodeStep.NeedMore; step = decoder.Read(pcm, out written))
            {
                if (step == DecodeStep.Pcm)
                    sum += decoder.Format.DurationOf(written);
            }
        }

        return sum;
    }
}
