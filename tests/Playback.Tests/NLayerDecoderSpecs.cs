using System.Buffers.Binary;
using TspActors.Playback.Decoders;
using TspActors.Playback.Decoders.Layer3;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Compares the sound of the built-in decoder with that of mpg123.</summary>
public sealed class NLayerDecoderSpecs
{
    private const int Info = 1; // the info frame, which is not decoded
    private readonly List<string> _notices = [];

    [NeedsFact("lame", "mpg123")]
    public void Every_sample_differs_by_one_step_at_most_from_that_of_mpg123()
    {
        foreach (var rate in (int[])[44100, 48000, 32000, 22050, 24000, 16000, 11025, 12000])
        {
            var channels = 1 + rate / 10 % 2;
            var bitrate = rate < 16000 ? "64" : rate < 32000 ? "128" : "256";
            foreach (var arguments in (string[][])[["-V", "2"], ["-b", bitrate], ["-b", "32", "-t"], ["-V", "0", "-m", "s"], ["-p"]])
                AssertLikeMpg123(Encode(new PcmFormat(rate, channels), 1.5, ["--resample", $"{rate / 1000.0}", .. arguments]));
        }

        Assert.Empty(_notices);
    }

    [NeedsFact("lame", "mpg123")]
    public void Free_format_sounds_the_same_as_with_mpg123()
    {
        foreach (var (rate, channels, bitrate) in (ReadOnlySpan<(int, int, string)>)
            [(44100, 2, "200"), (44100, 1, "96"), (48000, 2, "640"), (32000, 2, "640"), (24000, 1, "320"), (16000, 2, "96")])
        {
            foreach (var arguments in (string[][])[[], ["-t"], ["-p"]])
            {
                AssertLikeMpg123(Encode(
                    new PcmFormat(rate, channels), 1, ["--freeformat", "-b", bitrate, "--resample", $"{rate / 1000.0}", .. arguments]));
            }
        }

        Assert.Empty(_notices);
    }

    [NeedsFact("lame", "mpg123")]
    public void At_8_kHz_short_blocks_are_silent_and_everything_else_is_right()
    {
        var song = Encode(new PcmFormat(8000, 1), 4, "--resample", "8", "-b", "32");
        var (expected, heard) = (Decode(new Mpg123Decoder(), song), Decode(NewDecoder(), song));

        Assert.Equal(expected.Length, heard.Length);
        var right = expected.Zip(heard).Count(pair => Math.Abs(pair.First - pair.Second) <= 1);
        Assert.InRange(right, expected.Length / 4, expected.Length - 1);
        // The wrong samples are quieter, because they are silent or follow silence.
        Assert.True(Energy(heard) < Energy(expected));
        Assert.Equal(
            [
                "The built-in decoder cannot decode some of this song (8000 Hz), so you will hear gaps. "
                + "Install libmpg123 to hear all of it.",
            ],
            _notices);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_of_a_recording_follow_each_other_without_a_gap()
    {
        var format = new PcmFormat(44100, 2);
        var recording = Songs.Noise(format, 2, seed: 9);
        var seam = recording.Length / 2;
        var output = new RecordingOutput();
        using var player = new SongPlayer(
            new AudioBackend("built-in", "") { CreateDecoder = NLayerDecoder.New, CreateOutput = _ => output });
        player.Start();
        await player.WriteAsync(Songs.Encode(format, recording.AsSpan(0, seam), "-b", "192"));
        player.BeginNext();
        await player.WriteAsync(Songs.Encode(format, recording.AsSpan(seam), "-b", "192"));
        player.Complete();

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(recording.Length, output.Heard.Length);
        Assert.True(Sound.Correlation(Sound.Samples(recording), Sound.Samples(output.Heard)) > 0.99);
    }

    [NeedsFact("lame", "mpg123")]
    public void A_seek_begins_with_silence_until_a_frame_is_complete_and_then_is_right()
    {
        var song = Encode(new PcmFormat(44100, 2), 3, "-b", "128");
        var whole = Decode(new Mpg123Decoder(), song);
        using var decoder = NewDecoder();
        Decode(decoder, song[..10_000], dispose: false);
        decoder.Reset();

        var heard = Decode(decoder, song[(song.Length / 2)..], dispose: false);

        const int quarter = 44100 / 2;
        // Delay and padding are not trimmed from a part of a song, so its end is later.
        var end = Enumerable.Range(0, 3000).First(cut => heard[^(quarter + 2 * cut)..^(2 * cut)].Zip(whole[^quarter..])
            .All(pair => Math.Abs(pair.First - pair.Second) <= 1));
        Assert.InRange(end, 0, 2304);
        Assert.All(heard[..2], sample => Assert.Equal(0, sample));
    }

    [NeedsFact("lame", "mpg123")]
    public void A_frame_with_an_absurd_gain_is_silence_and_the_next_ones_are_right()
    {
        var song = Encode(new PcmFormat(44100, 1), 2, "-b", "64", "--nores");
        var expected = Decode(new Mpg123Decoder(), song);
        var at = FrameAt(song, 20);
        // The gain follows 18 bits of general fields and 21 bits of the first granule.
        for (var bit = 39; bit < 47; bit++)
            song[at + 4 + bit / 8] |= (byte)(0x80 >> bit % 8);

        var heard = Decode(NewDecoder(), song);

        Assert.Equal(expected.Length, heard.Length);
        var (start, stop) = (StartOf(20), StartOf(22));
        Assert.All(heard[start..(start + 1152)], sample => Assert.Equal(0, sample));
        Assert.All(expected[..start].Zip(heard), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
        Assert.All(expected[stop..].Zip(heard[stop..]), pair => Assert.InRange(pair.First - pair.Second, -1, 1));
    }

    [NeedsFact("lame")]
    public void After_an_interruption_a_frame_is_silent_if_it_needs_earlier_bytes()
    {
        var song = Encode(new PcmFormat(44100, 2), 2, "-b", "128");
        using var whole = new NLayerDecompressor();
        using var interrupted = new NLayerDecompressor();
        var (pcm, other) = (new byte[PcmBlock.Size], new byte[PcmBlock.Size]);
        var silentFrames = 0;
        for (var number = Info; number < 60; number++)
        {
            var frame = song[FrameAt(song, number)..FrameAt(song, number + 1)];
            if (number % 10 == 0)
                interrupted.Interrupt();
            Assert.Equal(pcm.Length, whole.Decompress(frame, pcm));
            Assert.Equal(pcm.Length, interrupted.Decompress(frame, other));
            // In MPEG-1, the side information begins with the number of earlier bytes that the frame needs.
            var needsEarlier = (frame[4] << 1 | frame[5] >> 7) > 0;
            if (number % 10 == 0 && needsEarlier)
            {
                silentFrames++;
                Assert.DoesNotContain(other, value => value != 0);
            }

            // A frame whose predecessor was decoded is complete again.
            if (number % 10 > 5)
                Assert.Equal(pcm, other);
        }

        Assert.InRange(silentFrames, 1, 5);
    }

    [NeedsFact("lame")]
    public void Damaged_songs_never_make_the_decoder_throw_or_loop_forever()
    {
        byte[][] songs =
        [
            Encode(new PcmFormat(44100, 2), 0.4, "-V", "0"), Encode(new PcmFormat(44100, 1), 0.4, "-b", "64"),
            Encode(new PcmFormat(24000, 2), 0.4, "-b", "64"), Encode(new PcmFormat(8000, 1), 0.8, "--resample", "8", "-b", "16"),
            Encode(new PcmFormat(48000, 2), 0.4, "-b", "320", "-p"),
        ];
        for (var seed = 0; seed < 3000; seed++)
        {
            var random = new Random(seed);
            var song = (byte[])songs[seed % songs.Length].Clone();
            var mutations = 1 << random.Next(1, 10);
            for (var i = 0; i < mutations; i++)
                song[random.Next(song.Length)] = (byte)random.Next(256);
            if (seed % 7 == 0)
                song.AsSpan(random.Next(song.Length / 2), random.Next(song.Length / 2)).Clear();

            // A byte yields no more samples than this, even at the lowest bitrate.
            Assert.InRange(Decode(NewDecoder(), song).Length, 0, 20 * song.Length);
        }
    }

    [NeedsFact("lame")]
    public void No_side_information_in_valid_frames_changes_the_number_of_samples()
    {
        var song = Encode(new PcmFormat(44100, 2), 1, "-b", "128");
        var count = Decode(NewDecoder(), song).Length;
        for (var seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            var damaged = (byte[])song.Clone();
            for (var frame = Info; frame < 38; frame++)
                damaged[FrameAt(song, frame) + 4 + random.Next(32)] = (byte)random.Next(256);

            Assert.Equal(count, Decode(NewDecoder(), damaged).Length);
        }
    }

    private CodecDecoder NewDecoder() => NLayerDecoder.New(_notices.Add);

    // The position among the decoded samples of a mono song. Delay and decoder delay have been trimmed.
    private static int StartOf(int frame) => (frame - Info) * 1152 - 576 - 529;

    private void AssertLikeMpg123(byte[] song)
    {
        var (expected, heard) = (Decode(new Mpg123Decoder(), song), Decode(NewDecoder(), song));
        Assert.Equal(expected.Length, heard.Length);
        Assert.InRange(expected.Zip(heard).Max(pair => Math.Abs(pair.First - pair.Second)), 0, 1);
    }

    // Tones and attacks: encoders use short blocks for the attacks.
    private static byte[] Encode(PcmFormat format, double seconds, params string[] arguments)
    {
        var samples = Songs.Chirp(format.Rate, format.Channels, seconds);
        var random = new Random(5);
        for (var i = 0; i < samples.Length / 2; i++)
        {
            var sinceAttack = i / format.Channels % (format.Rate / 4) / (double)format.Rate;
            var attack = 14000 * Math.Exp(-40 * sinceAttack) * (2 * random.NextDouble() - 1);
            var sample = BinaryPrimitives.ReadInt16LittleEndian(samples.AsSpan(2 * i)) / 2 + attack;
            BinaryPrimitives.WriteInt16LittleEndian(samples.AsSpan(2 * i), (short)sample);
        }

        return Songs.Encode(format, samples, arguments);
    }

    private static double Energy(short[] samples) => samples.Sum(sample => (double)sample * sample);

    private static int FrameAt(byte[] song, int number)
    {
        var at = 0;
        for (; number > 0; number--)
        {
            Assert.True(Mpeg.Mp3FrameHeader.TryParse(song.AsSpan(at), out var header));
            at += header.FrameBytes;
        }

        return at;
    }

    private static short[] Decode(IMp3Decoder decoder, byte[] song, bool dispose = true)
    {
        var heard = new MemoryStream();
        var pcm = new byte[PcmBlock.Size];
        foreach (var bytes in song.Chunk(4096))
        {
            decoder.Feed(bytes);
            for (var step = decoder.Read(pcm, out var written); step != DecodeStep.NeedMore; step = decoder.Read(pcm, out written))
                heard.Write(pcm, 0, written);
        }

        if (dispose)
            decoder.Dispose();
        return Sound.Samples(heard.ToArray()).ToArray();
    }
}
