using System.Diagnostics;
using System.Runtime.InteropServices;
using TspActors.Playback;

namespace TspActors.Benchmarks.Decoders;

/// <summary>The result of decoding a song.</summary>
/// <param name="Samples">The samples, with interleaved channels.</param>
/// <param name="Format">The last format of the samples.</param>
/// <param name="Time">How long decoding took.</param>
/// <param name="Failure">The exception that ended decoding; null if there was none.</param>
internal sealed record DecodedSong(short[] Samples, PcmFormat Format, TimeSpan Time, Exception? Failure)
{
    private const int Piece = 4096;
    private const int PcmBytes = 4608;

    internal int Peak => Samples.Length == 0 ? 0 : Samples.Max(sample => Math.Abs((int)sample));

    internal TimeSpan Duration => Format == default ? TimeSpan.Zero : Format.DurationOf(Samples.Length * sizeof(short));

    internal static DecodedSong Decode(byte[] mp3, Func<IMp3Decoder> newDecoder)
    {
        var pcm = new byte[PcmBytes];
        var heard = new MemoryStream();
        using var decoder = newDecoder();
        var start = Stopwatch.GetTimestamp();
        Exception? failure = null;
        try
        {
            for (var at = 0; at < mp3.Length; at += Piece)
            {
                decoder.Feed(mp3.AsSpan(at, Math.Min(Piece, mp3.Length - at)));
                for (var step = decoder.Read(pcm, out var written); step != DecodeStep.NeedMore; step = decoder.Read(pcm, out written))
                    heard.Write(pcm, 0, written);
            }
        }
#pragma warning disable CA1031 // The table counts the songs for which a decoder throws any exception.
        catch (Exception e)
#pragma warning restore CA1031
        {
            failure = e;
        }

        var time = Stopwatch.GetElapsedTime(start);
        return new DecodedSong(
            MemoryMarshal.Cast<byte, short>(heard.ToArray()).ToArray(), heard.Length == 0 ? default : decoder.Format, time, failure);
    }
}
