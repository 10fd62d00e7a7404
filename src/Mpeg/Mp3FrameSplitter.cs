namespace TspActors.Mpeg;

/// <summary>Splits a byte stream into MPEG Layer III frames and skips everything else.</summary>
public sealed class Mp3FrameSplitter
{
    private byte[] _input = [];
    private int _start;
    private int _end;
    private Mp3FrameHeader? _previous;

    /// <summary>The number of bytes skipped so far because they belong to no frame.</summary>
    public long SkippedBytes { get; private set; }

    /// <summary>Appends bytes of the stream, which may be split at any point.</summary>
    public void Feed(ReadOnlySpan<byte> mp3)
    {
        var left = _end - _start;
        if (_input.Length < left + mp3.Length)
            Array.Resize(ref _input, left + mp3.Length);
        _input.AsSpan(_start, left).CopyTo(_input);
        mp3.CopyTo(_input.AsSpan(left));
        (_start, _end) = (0, left + mp3.Length);
    }

    /// <summary>Returns the next complete frame.</summary>
    /// <param name="header">The header of the frame.</param>
    /// <param name="frame">All bytes of the frame, valid until the next <see cref="Feed"/>.</param>
    /// <returns>False if more bytes are needed.</returns>
    public bool TryNext(out Mp3FrameHeader header, out ReadOnlySpan<byte> frame)
    {
        frame = default;
        header = default;
        while (_end - _start >= Mp3FrameHeader.Size)
        {
            if (Mp3FrameHeader.TryParse(_input.AsSpan(_start, Mp3FrameHeader.Size), out header))
            {
                var size = header.FrameBytes;
                if (_start + size > _end)
                    return false;
                if (IsConfirmed(header, out var undecided))
                {
                    frame = _input.AsSpan(_start, size);
                    _start += size;
                    _previous = header;
                    return true;
                }

                if (undecided)
                    return false;
            }

            _start++;
            SkippedBytes++;
            _previous = null;
        }

        return false;
    }

    /// <summary>Discards the buffered bytes, because the next ones come from another position or another song.</summary>
    public void Reset()
    {
        _start = _end = 0;
        _previous = null;
    }

    // Random bytes often look like a header, so the previous frame or, at the start of a run, the next header must match.
    private bool IsConfirmed(Mp3FrameHeader header, out bool undecided)
    {
        undecided = false;
        if (_previous is { } previous && previous.IsSameStream(header))
            return true;
        var next = _start + header.FrameBytes;
        undecided = next + Mp3FrameHeader.Size > _end;
        return !undecided
            && Mp3FrameHeader.TryParse(_input.AsSpan(next, Mp3FrameHeader.Size), out var follower)
            && follower.IsSameStream(header);
    }
}
