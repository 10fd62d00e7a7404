namespace TspActors.Playback.Backends;

/// <summary>Decodes whole frames of one format; the few calls of a codec that <see cref="CodecDecoder"/> needs.</summary>
internal interface IFrameDecompressor : IDisposable
{
    /// <summary>Room that the samples of one frame may take, with what a codec has held back before it.</summary>
    const int MostPcm = 4 * PcmBlock.Size;

    /// <summary>Decodes one frame to signed 16-bit samples.</summary>
    /// <returns>The bytes written: none for a frame that it cannot decode, or that it holds back.</returns>
    int Decompress(ReadOnlySpan<byte> frame, Span<byte> pcm);
}
