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
