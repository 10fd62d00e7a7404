namespace TspActors.Playback.Frames;

/// <summary>Cuts bytes into MPEG Layer III frames and skips what is none.</summary>
internal sealed class FrameSplitter
{
    private byte[] _input = [];
    private int _start;
    private int _end;
    private FrameHeader _lastHeader;

    public void Feed(ReadOnlySpan<byte> mp3)
    {
        var left = _end - _start;
        if (_input.Length < left + mp3.Length)
            Array.Resize(ref _input, left + mp3.Length);
        _input.AsSpan(_start, left).CopyTo(_input);
        mp3.CopyTo(_input.AsSpan(left));
        (_start, _end) = (0, left + mp3.Length);
    }

    /// <param name="header">The next whole frame's header.</param>
    /// <param name="frame">All its bytes, until the next <see cref="Feed"/>.</param>
    /// <returns>False when more bytes are needed.</returns>
    public bool TryNext(out FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        header = default;
        while (_end - _start >= FrameHeader.Length)
        {
            if (FrameHeader.TryRead(_input.AsSpan(_start, FrameHeader.Length), out header))
            {
                if (_start + header.Size > _end)
                    return false;
                if (IsConfirmed(header, out var undecided))
                {
                    frame = _input.AsSpan(_start, header.Size);
                    _start += header.Size;
                    _lastHeader = header;
                    return true;
                }

                if (undecided)
                    return false;
            }

            _start++;
            _lastHeader = default;
        }

        return false;
    }

    /// <summary>The next bytes are of another place or song.</summary>
    public void Reset()
    {
        _start = _end = 0;
        _lastHeader = default;
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
