namespace TspActors.Playback;

/// <summary>Reads only the headers of the frames and gives silence of the same length: keeps time where nothing can decode.</summary>
internal sealed class FrameClockDecoder : IMp3Decoder
{
    private byte[] _input = [];
    private int _start;
    private int _end;
    private int _skip;
    private int _silentBytes;
    private FrameHeader _lastHeader;

    public PcmFormat Format { get; private set; }

    public void Feed(ReadOnlySpan<byte> mp3)
    {
        var left = _end - _start;
        if (_input.Length < left + mp3.Length)
            Array.Resize(ref _input, left + mp3.Length);
        _input.AsSpan(_start, left).CopyTo(_input);
        mp3.CopyTo(_input.AsSpan(left));
        (_start, _end) = (0, left + mp3.Length);
    }

    public DecodeStep Read(Span<byte> pcm, out int written)
    {
        written = 0;
        if (_silentBytes == 0)
        {
            if (!NextFrame(out var header))
                return DecodeStep.NeedMore;
            var format = new PcmFormat(header.SampleRate, header.Channels);
            _silentBytes = header.Samples * format.FrameBytes;
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
        _start = _end = _skip = _silentBytes = 0;
        _lastHeader = default;
        Format = default;
    }

    public void Dispose()
    {
    }

    private bool NextFrame(out FrameHeader header)
    {
        var skipped = Math.Min(_skip, _end - _start);
        _start += skipped;
        _skip -= skipped;
        while (_end - _start >= FrameHeader.Length)
        {
            if (FrameHeader.TryRead(_input.AsSpan(_start, FrameHeader.Length), out header))
            {
                if (IsConfirmed(header, out var undecided))
                {
                    _skip = header.Size;
                    _lastHeader = header;
                    return true;
                }

                if (undecided)
                    break;
            }

            _start++;
            _lastHeader = default;
        }

        header = default;
        return false;
    }

    // Two bytes of rubbish look like a header often enough. In the run of a stream the last frame vouches for this one;
    // otherwise the header that follows must.
    private bool IsConfirmed(FrameHeader header, out bool undecided)
    {
        undecided = false;
        if (header.Version == _lastHeader.Version && header.SampleRate == _lastHeader.SampleRate)
            return true;
        var next = _start + header.Size;
        undecided = next + FrameHeader.Length > _end;
        return !undecided
            && FrameHeader.TryRead(_input.AsSpan(next, FrameHeader.Length), out var follower)
            && follower.Version == header.Version && follower.SampleRate == header.SampleRate;
    }
}
