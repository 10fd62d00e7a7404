using TspActors.Mpeg;

namespace TspActors.Playback.Decoders;

/// <summary>
/// A decoder for codecs that accept one complete frame at a time, such as the Windows codec. It trims the encoder's delay and padding.
/// </summary>
internal sealed class CodecDecoder(Func<Mp3FrameHeader, IFrameDecompressor> newDecompressor) : IMp3Decoder
{
    private readonly Mp3FrameSplitter _splitter = new();
    private readonly byte[] _pcm = new byte[IFrameDecompressor.MaxPcmBytes];
    private IFrameDecompressor? _decompressor;
    private PcmFormat _decoding;
    private int _start;
    private int _end;
    private bool _atFirstFrame = true;
    private long _skipped;
    private long _toSkip;
    private long _toGive = long.MaxValue;

    public PcmFormat Format { get; private set; }

    public void Feed(ReadOnlySpan<byte> mp3) => _splitter.Feed(mp3);

    public DecodeStep Read(Span<byte> pcm, out int written)
    {
        written = 0;
        while (_start == _end)
        {
            if (!_splitter.TryNext(out var header, out var frame))
                return DecodeStep.NeedMore;
            if (!IsInfo(frame))
                Decompress(header, frame);
        }

        if (Format != _decoding)
        {
            Format = _decoding;
            return DecodeStep.NewFormat;
        }

        written = Math.Min(_end - _start, pcm.Length / Format.FrameBytes * Format.FrameBytes);
        _pcm.AsSpan(_start, written).CopyTo(pcm);
        _start += written;
        return DecodeStep.Pcm;
    }

    public void Complete()
    {
    }

    // A codec carries state over from one frame to the next, so it cannot be reused at a different position.
    public void Reset()
    {
        _splitter.Reset();
        _decompressor?.Dispose();
        _decompressor = null;
        _decoding = Format = default;
        _start = _end = 0;
        _atFirstFrame = true;
        (_toSkip, _toGive) = (0, long.MaxValue);
    }

    public void Dispose() => _decompressor?.Dispose();

    private bool IsInfo(ReadOnlySpan<byte> frame)
    {
        if (!_atFirstFrame)
            return false;
        _atFirstFrame = false;
        // A VBRI frame is decoded like any other frame, and yields silence. Its delay field is not used.
        if (!Mp3InfoFrame.TryRead(frame, out var info) || info.Kind == Mp3InfoKind.Vbri)
            return false;
        if (info.HasGaps)
        {
            _toSkip = info.DelaySamples + Mp3InfoFrame.DecoderDelaySamples;
            if (info.FrameCount > 0)
                _toGive = Math.Max(0, (long)info.FrameCount * info.Header.SamplesPerFrame - info.DelaySamples - info.PaddingSamples);
        }

        return true;
    }

    private void Decompress(Mp3FrameHeader header, ReadOnlySpan<byte> frame)
    {
        var format = PcmFormat.FromHeader(header);
        if (_decompressor is null || format != _decoding)
        {
            _decompressor?.Dispose();
            _decompressor = newDecompressor(header);
            _decoding = format;
        }
        else if (_splitter.SkippedBytes != _skipped)
        {
            _decompressor.Interrupt();
        }

        _skipped = _splitter.SkippedBytes;
        var size = _decoding.FrameBytes;
        var samples = _decompressor.Decompress(frame, _pcm) / size;
        var skipped = (int)Math.Min(_toSkip, samples);
        var given = (int)Math.Min(_toGive, samples - skipped);
        _toSkip -= skipped;
        _toGive -= given;
        (_start, _end) = (skipped * size, (skipped + given) * size);
    }
}
