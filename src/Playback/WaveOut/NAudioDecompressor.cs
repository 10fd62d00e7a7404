using NAudio;
using NAudio.Wave;
using TspActors.Mpeg;
using TspActors.Playback.Decoders;

namespace TspActors.Playback.WaveOut;

/// <summary>The Windows MP3 codec (ACM), accessed through NAudio, for frames of one format.</summary>
internal sealed class NAudioDecompressor : IFrameDecompressor
{
    private readonly AcmMp3FrameDecompressor _codec;
    private readonly byte[] _pcm = new byte[IFrameDecompressor.MaxPcmBytes];

    internal NAudioDecompressor(Mp3FrameHeader header)
    {
        try
        {
            _codec = new AcmMp3FrameDecompressor(
                new Mp3WaveFormat(header.SampleRateHz, header.Channels, header.FrameBytes, header.BitrateBps));
        }
        catch (MmException e)
        {
            throw new InvalidOperationException($"This installation of Windows has no MP3 decoder for {header.SampleRateHz} Hz ({e.Message}).", e);
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
}
