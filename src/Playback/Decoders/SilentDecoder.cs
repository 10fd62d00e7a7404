using TspActors.Mpeg;

namespace TspActors.Playback.Decoders;

/// <summary>
/// A decoder that reads only frame headers and returns silence of the same length. It lets playback keep time without a real decoder.
/// </summary>
internal sealed class SilentDecoder : IMp3Decoder
{
    private readonly Mp3FrameSplitter _splitter = new();
    private int _silentBytes;

    public PcmFormat Format { get; private set; }

    public void Feed(ReadOnlySpan<byte> mp3) => _splitter.Feed(mp3);

    public DecodeStep Read(Span<byte> pcm, out int written)
    {
        written = 0;
        if (_silentBytes == 0)
        {
            if (!_splitter.TryNext(out var header, out _))
                return DecodeStep.NeedMore;
            var format = PcmFormat.FromHeader(header);
            _silentBytes = header.SamplesPerFrame * format.FrameBytes;
            if (format != Format)
            {
                Format = format;
                return DecodeStep.NewFormat;
            }
        }

        written = Math.Min(_silentBytes, pcm.Length / Format.FrameBytes * Format.FrameBytes);
        pcm[..written].Clear();
        _silentBytes -= written;
        return DecodeStep.Pcm;
    }

    public void Complete()
    {
    }

    public void Reset()
    {
        _splitter.Reset();
        _silentBytes = 0;
        Format = default;
    }

    public void Dispose()
    {
    }
}
