using FsCheck.Xunit;
using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks that arbitrary bytes cause neither an exception nor an endless loop in the silent decoder and in mpg123.</summary>
public sealed class GarbageSpecs
{
    [Property(MaxTest = 300)]
    public bool Arbitrary_bytes_never_make_the_silent_decoder_throw_or_loop_forever(byte[][] pieces)
    {
        using var clock = new SilentDecoder();
        return EndsWithoutException(clock, pieces);
    }

    [Property(MaxTest = 300)]
    public bool Arbitrary_bytes_never_make_the_mpg123_decoder_throw_or_loop_forever(byte[][] pieces)
    {
        if (!Mpg123Library.Available)
            return true; // the decoding tests are then reported as skipped
        using var decoder = new Mpg123Decoder();
        return EndsWithoutException(decoder, pieces);
    }

    [Fact]
    public void Many_header_like_bytes_make_neither_decoder_throw_or_loop_forever()
    {
        var random = new Random(11);
        var flood = new byte[500_000];
        for (var i = 0; i < flood.Length; i++)
            flood[i] = random.Next(3) switch { 0 => 0xff, 1 => 0xfb, _ => (byte)random.Next(256) };
        using var clock = new SilentDecoder();
        Assert.True(EndsWithoutException(clock, flood.Chunk(4096)));
        if (!Mpg123Library.Available)
            return;
        using var decoder = new Mpg123Decoder();
        Assert.True(EndsWithoutException(decoder, flood.Chunk(4096)));
    }

    [NeedsFact("lame", "mpg123")]
    public void A_tag_that_claims_to_be_huge_does_not_swallow_the_rest_of_the_song()
    {
        var song = Songs.Encode(44100, 2, 1, "-b", "128", "-t");
        byte[] tag = [.. "ID3"u8, 4, 0, 0, 0x7F, 0x7F, 0x7F, 0x7F];
        using var decoder = new Mpg123Decoder();
        var alone = SamplesOf(decoder, song);
        decoder.Reset();

        var all = SamplesOf(decoder, [.. song, .. tag, .. new byte[2 << 20], .. song]);

        Assert.InRange(all, 1.8 * alone, 2.2 * alone);
    }

    private static long SamplesOf(Mpg123Decoder decoder, byte[] mp3)
    {
        var pcm = new byte[PcmBlock.Size];
        var bytes = 0L;
        foreach (var piece in mp3.Chunk(16 * 1024))
        {
            decoder.Feed(piece);
            for (DecodeStep step; (step = decoder.Read(pcm, out var written)) != DecodeStep.NeedMore;)
                bytes += step == DecodeStep.Pcm ? written : 0;
        }

        return bytes;
    }

    private static bool EndsWithoutException(IMp3Decoder decoder, IEnumerable<byte[]> pieces)
    {
        var pcm = new byte[PcmBlock.Size];
        foreach (var piece in pieces)
        {
            decoder.Feed(piece);
            // A byte of input yields at most a few thousand samples, so more reads than this indicate an endless loop.
            var reads = 0;
            while (decoder.Read(pcm, out _) != DecodeStep.NeedMore)
            {
                if (++reads > 10_000 + piece.Length * 10)
                    return false;
            }
        }

        decoder.Complete();
        decoder.Reset();
        return true;
    }
}
