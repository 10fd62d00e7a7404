using TspActors.Mpeg;
using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks the frame-by-frame decoding that the Windows codecs need, with libmpg123 in place of a Windows codec.</summary>
public sealed class CodecDecoderSpecs
{
    private readonly List<Codec> _codecs = [];

    [NeedsFact("lame", "mpg123")]
    public void A_song_decodes_to_the_same_samples_as_with_mpg123_which_trims_delay_and_padding()
    {
        foreach (var song in (byte[][])[Songs.Encode(44100, 2, 2, "-b", "128"), Songs.Encode(22050, 1, 2, "-V", "5"),
            Songs.Encode(48000, 2, 1.3, "-V", "0")])
        {
            using var decoder = NewDecoder();
            Assert.Equal(Songs.DecodeByProgram(song), Decode(decoder, song, 777));
        }
    }

    [NeedsFact("lame", "mpg123")]
    public void Garbage_and_tags_never_reach_the_codec()
    {
        var song = Songs.Encode(44100, 2, 1, "-b", "128");
        var rubbish = new byte[50_000];
        new Random(8).NextBytes(rubbish);
        // An ID3v2 tag and garbage. The tag's content begins with bytes that look like a frame, but no second frame follows them.
        byte[] tag = [.. "ID3\x04\x00\x00"u8, 0, 1, 0, 0, .. song[..100], .. rubbish];
        using var decoder = NewDecoder();

        var heard = Decode(decoder, [.. tag, .. song, .. "TAG"u8, .. new byte[125]], 1000);

        Assert.Equal(Songs.DecodeByProgram(song), heard);
        Assert.All(
            _codecs.SelectMany(codec => codec.Frames),
            frame => Assert.True(Mp3FrameHeader.TryParse(frame, out var header) && header.FrameBytes == frame.Length));
    }

    [NeedsFact("lame", "mpg123")]
    public void For_a_new_sample_rate_a_new_codec_is_created()
    {
        byte[] song = [.. Songs.Encode(44100, 2, 1, "-b", "128", "-t"), .. Songs.Encode(22050, 1, 1, "-b", "64", "-t")];
        using var decoder = NewDecoder();
        decoder.Feed(song);
        var formats = new List<PcmFormat>();
        var pcm = new byte[PcmBlock.Size];
        for (var step = decoder.Read(pcm, out _); step != DecodeStep.NeedMore; step = decoder.Read(pcm, out _))
        {
            if (step == DecodeStep.NewFormat)
                formats.Add(decoder.Format);
        }

        Assert.Equal([new PcmFormat(44100, 2), new PcmFormat(22050, 1)], formats);
        Assert.Equal([true, false], _codecs.Select(codec => codec.Disposed));
        decoder.Reset();
        Assert.All(_codecs, codec => Assert.True(codec.Disposed));
    }

    [NeedsFact("lame", "mpg123")]
    public void The_codec_is_told_where_bytes_are_missing_between_frames()
    {
        var song = Songs.Encode(44100, 2, 1, "-b", "128");
        using var decoder = NewDecoder();
        Decode(decoder, song, 777);
        Assert.Equal(0, Assert.Single(_codecs).Interruptions);

        decoder.Reset();
        Decode(decoder, [.. song[..5000], .. song[5700..]], 777);
        Assert.Equal(1, _codecs[^1].Interruptions);
    }

    [NeedsFact("lame", "mpg123")]
    public async Task Two_halves_of_a_recording_follow_each_other_without_a_gap()
    {
        var format = new PcmFormat(44100, 2);
        var recording = Songs.Noise(format, 2, seed: 9);
        var seam = recording.Length / 2;
        var output = new RecordingOutput();
        using var player = new SongPlayer(new AudioBackend("frames", "") { CreateDecoder = _ => NewDecoder(), CreateOutput = _ => output });
        player.Start();
        await player.WriteAsync(Songs.Encode(format, recording.AsSpan(0, seam), "-b", "192"));
        player.BeginNext();
        await player.WriteAsync(Songs.Encode(format, recording.AsSpan(seam), "-b", "192"));
        player.Complete();

        Assert.IsType<PlaybackEnd.Finished>(await player.Completion.WaitAsync(Limits.Test));
        Assert.Equal(recording.Length, output.Heard.Length);
        Assert.True(Sound.Correlation(Sound.Samples(recording), Sound.Samples(output.Heard)) > 0.99);
    }

    private CodecDecoder NewDecoder() => new(_ =>
    {
        var codec = new Codec();
        _codecs.Add(codec);
        return codec;
    });

    private static byte[] Decode(CodecDecoder decoder, byte[] song, int piece)
    {
        var heard = new MemoryStream();
        var pcm = new byte[PcmBlock.Size];
        foreach (var bytes in song.Chunk(piece))
        {
            decoder.Feed(bytes);
            for (var step = decoder.Read(pcm, out var written); step != DecodeStep.NeedMore; step = decoder.Read(pcm, out written))
                heard.Write(pcm, 0, written);
        }

        return heard.ToArray();
    }

    private sealed class Codec : IFrameDecompressor
    {
        private readonly Mpg123Decoder _decoder = new();

        public List<byte[]> Frames { get; } = [];

        public bool Disposed { get; private set; }

        public int Interruptions { get; private set; }

        public int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm)
        {
            Frames.Add(frame.ToArray());
            _decoder.Feed(frame);
            var written = 0;
            for (var step = _decoder.Read(pcm, out var done); step != DecodeStep.NeedMore; step = _decoder.Read(pcm[written..], out done))
                written += done;
            return written;
        }

        public void Interrupt() => Interruptions++;

        public void Dispose()
        {
            Disposed = true;
            _decoder.Dispose();
        }
    }
}
