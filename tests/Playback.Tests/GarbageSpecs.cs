using FsCheck.Xunit;
using TspActors.Playback.Decoders;
using TspActors.Playback.Mpg123;
using TspActors.Playback.Player;

namespace TspActors.Playback.Tests;

/// <summary>Checks that the decoders survive arbitrary bytes.</summary>
public sealed class GarbageSpecs
{
    [Property(MaxTest = 300)]
    public bool The_silent_decoder_survives_and_consumes_any_bytes(byte[][] pieces)
    {
        using var clock = new SilentDecoder();
        return SurvivesPieces(clock, pieces);
    }

    [Property(MaxTest = 300)]
    public bool The_mpg123_decoder_survives_and_consumes_any_bytes(byte[][] pieces)
    {
        if (!Mpg123Library.Available)
            return true; // the decoding tests are then reported as skipped
        using var decoder = new Mpg123Decoder();
        return SurvivesPieces(decoder, pieces);
    }

    [Fact]
    public void The_decoders_survive_a_flood_of_header_like_bytes()
    {
        var random = new Random(11);
        var flood = new byte[500_000];
        for (var i = 0; i < flood.Length; i++)
            flood[i] = random.Next(3) switch { 0 => 0xff, 1 => 0xfb, _ => (byte)random.Next(256) };
        using var clock = new SilentDecoder();
        Assert.True(SurvivesPieces(clock, flood.Chunk(4096)));
        if (!Mpg123Library.Available)
            return;
        using var decoder = new Mpg123Decoder();
        Assert.True(SurvivesPieces(decoder, flood.Chunk(4096)));
    }

    private static bool SurvivesPieces(IMp3Decoder decoder, IEnumerable<byte[]> pieces)
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
