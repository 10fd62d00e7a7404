using System.Runtime.Versioning;
using NAudio;
using NAudio.Wave;
using TspActors.Mpeg;
using TspActors.Playback.Decoders;

namespace TspActors.Playback.Windows;

/// <summary>The Windows MP3 codec (ACM), accessed through NAudio, for frames of one format.</summary>
[SupportedOSPlatform("windows")]
internal sealed class AcmDecompressor : IFrameDecompressor
{
    private readonly AcmMp3FrameDecompressor _codec;
    private readonly byte[] _pcm = new byte[IFrameDecompressor.MaxPcmBytes];

    /// <exception cref="InvalidOperationException">There is no codec for this format.</exception>
    internal AcmDecompressor(Mp3FrameHeader header)
    {
        // NAudio would reject the frames. After this exception, the built-in decoder takes over.
        if (header.IsFreeFormat)
            throw new InvalidOperationException("The Windows MP3 decoder cannot play free format.");
        try
        {
            _codec = New(header.SampleRateHz, header.Channels, header.FrameBytes, header.BitrateBps);
        }
        catch (Exception e) when (e is MmException or InvalidOperationException)
        {
            throw new InvalidOperationException($"This installation of Windows has no MP3 decoder for {header.SampleRateHz} Hz ({e.Message}).", e);
        }
    }

    /// <summary>Returns why this installation of Windows cannot decode MP3; null if it can. Some editions come without the codec.</summary>
    internal static string? FindProblem()
    {
        try
        {
            using var codec = New(44_100, 2, 417, 128_000);
            return null;
        }
        catch (Exception e) when (e is MmException or InvalidOperationException or DllNotFoundException)
        {
            return $"this installation of Windows has no MP3 codec ({e.Message})";
        }
    }

    public int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm)
    {
        // NAudio reads frames only from a stream, and parses the header a second time.
        using var stream = new MemoryStream(frame.ToArray());
        try
        {
            var written = Mp3Frame.LoadFromStream(stream) is { } parsed ? _codec.DecompressFrame(parsed, _pcm, 0) : 0;
            _pcm.AsSpan(0, written).CopyTo(pcm);
            return written;
        }
        catch (Exception e) when (e is MmException or InvalidOperationException or EndOfStreamException)
        {
            // A frame that the codec rejects causes a short gap (26 ms at 44.1 kHz), but must not end the song.
            return 0;
        }
    }

    public void Dispose() => _codec.Dispose();

    private static AcmMp3FrameDecompressor New(int rate, int channels, int frameBytes, int bitrate) =>
        new(new Mp3WaveFormat(rate, channels, frameBytes, bitrate));
}
