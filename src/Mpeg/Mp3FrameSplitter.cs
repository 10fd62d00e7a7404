namespace TspActors.Mpeg;

/// <summary>Splits a byte stream into MPEG Layer III frames and skips everything else.</summary>
public sealed class Mp3FrameSplitter
{
    private byte[] _input = [];
    private int _start;
    private int _end;
    private Mp3FrameHeader? _previous;

    /// <summary>The number of bytes skipped so far because they are not part of a frame.</summary>
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
            switch (Judge(_input.AsSpan(_start, _end - _start), out header))
            {
                case Verdict.Frame:
                    frame = _input.AsSpan(_start, header.FrameBytes);
                    _start += header.FrameBytes;
                    _previous = header;
                    return true;
                case Verdict.NeedsMore:
                    return false;
            }

            _start++;
            SkippedBytes++;
            _previous = null;
        }

        return false;
    }

    /// <summary>Discards the buffered bytes, because the next ones come from a different position or song.</summary>
    public void Reset()
    {
        _start = _end = 0;
        _previous = null;
    }

    // Random bytes often look like a header, so the previous frame or, at the start of a run, the next header must match.
    private Verdict Judge(ReadOnlySpan<byte> bytes, out Mp3FrameHeader header)
    {
        if (_previous is { } previous && previous.TryParseNext(bytes, out header))
            return header.FrameBytes <= bytes.Length ? Verdict.Frame : Verdict.NeedsMore;
        if (!Mp3FrameHeader.TryParse(bytes, out header))
        {
            var measure = Mp3FreeFormat.Measure(bytes, out header);
            return measure == FreeFormatMeasure.NeedsMore ? Verdict.NeedsMore
                : measure == FreeFormatMeasure.Found ? Verdict.Frame : Verdict.NoFrame;
        }

        if (header.FrameBytes + Mp3FrameHeader.Size > bytes.Length)
            return Verdict.NeedsMore;
        return header.TryParseNext(bytes[header.FrameBytes..], out _) ? Verdict.Frame : Verdict.NoFrame;
    }

    private enum Verdict
    {
        NoFrame,
        Frame,
        NeedsMore,
    }
}
