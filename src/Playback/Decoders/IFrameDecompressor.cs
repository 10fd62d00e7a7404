using TspActors.Playback.Player;

namespace TspActors.Playback.Decoders;

/// <summary>A codec that decodes whole frames of one format: the few calls that <see cref="CodecDecoder"/> needs.</summary>
internal interface IFrameDecompressor : IDisposable
{
    /// <summary>The largest number of bytes that one frame, and what the codec held back before it, can decode to.</summary>
    const int MostPcm = 4 * PcmBlock.Size;

    /// <summary>Decodes one frame to signed 16-bit samples.</summary>
    /// <returns>The number of bytes written; 0 for a frame that the codec cannot decode or holds back.</returns>
    int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm);
}
