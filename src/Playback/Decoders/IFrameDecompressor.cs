using TspActors.Playback.Player;

namespace TspActors.Playback.Decoders;

/// <summary>A codec that decodes whole frames of one format. It covers only the operations that <see cref="CodecDecoder"/> needs.</summary>
internal interface IFrameDecompressor : IDisposable
{
    /// <summary>The maximum number of bytes that one frame can decode to, including samples that the codec was holding back.</summary>
    const int MaxPcmBytes = 4 * PcmBlock.Size;

    /// <summary>Decodes one frame to signed 16-bit samples.</summary>
    /// <returns>The number of bytes written; 0 if the codec holds the frame back or cannot decode it.</returns>
    int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm);

    /// <summary>Announces that the next frame does not directly follow the last one, because the stream is damaged between them.</summary>
    void Interrupt()
    {
    }
}
