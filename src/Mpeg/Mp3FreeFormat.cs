namespace TspActors.Mpeg;

/// <summary>Finds the length of free-format frames, whose headers do not state a bitrate: it is the distance between equal
/// headers.</summary>
/// <remarks>
/// Random bytes must not be mistaken for free format. The chance that they look like the three frames required here is 1 in 10^14
/// at each position.
/// </remarks>
public static class Mp3FreeFormat
{
    /// <summary>
    /// The length in bytes of the longest frame that is recognized, which is libmpg123's limit (MAXFRAMESIZE). It is enough for
    /// 640 kbit/s, LAME's highest bitrate, at sample rates of 16 kHz and above.
    /// </summary>
    public const int MaxFrameBytes = 3456;

    /// <summary>The number of bytes from the start of a frame that are always enough to measure it.</summary>
    public const int LookAheadBytes = 3 * MaxFrameBytes;

    /// <summary>Returns whether the bytes begin with a free-format header. Other frames need not follow.</summary>
    public static bool IsHeader(ReadOnlySpan<byte> bytes) => Mp3FrameHeader.TryParseFree(bytes, 1, out _);

    /// <summary>
    /// Measures the free-format frame at the start of <paramref name="bytes"/>. Two more frames of the same stream must follow it, with the
    /// same number of channels and the same length (apart from padding).
    /// </summary>
    /// <param name="bytes">The stream, starting at the frame.</param>
    /// <param name="header">The header of the frame, if it was found.</param>
    public static FreeFormatMeasure Measure(ReadOnlySpan<byte> bytes, out Mp3FrameHeader header)
    {
        if (!Mp3FrameHeader.TryParseFree(bytes, 1, out header))
            return FreeFormatMeasure.NotFound;
        var padding = header.IsPadded ? 1 : 0;
        var shortest = Mp3FrameHeader.Size + header.SideInfoBytes;
        // Any of the frames can be padded.
        var longest = MaxFrameBytes - 1 + padding;
        for (var next = shortest + padding; next <= longest; next++)
        {
            if (next >= bytes.Length)
                return FreeFormatMeasure.NeedsMore;
            var sync = bytes[next..Math.Min(bytes.Length, longest + 1)].IndexOf((byte)0xFF);
            if (sync < 0)
                return bytes.Length > longest ? FreeFormatMeasure.NotFound : FreeFormatMeasure.NeedsMore;
            next += sync;
            if (!Mp3FrameHeader.TryParseFree(bytes, next - padding, out var candidate))
                return FreeFormatMeasure.NotFound;
            var measure = MeasureOthers(bytes, candidate);
            if (measure == FreeFormatMeasure.NotFound)
                continue;
            header = candidate;
            return measure;
        }

        return FreeFormatMeasure.NotFound;
    }

    private static FreeFormatMeasure MeasureOthers(ReadOnlySpan<byte> bytes, Mp3FrameHeader first)
    {
        var at = first.FrameBytes;
        for (var other = 0; other < 2; other++)
        {
            if (at + Mp3FrameHeader.Size > bytes.Length)
                return FreeFormatMeasure.NeedsMore;
            if (!first.TryParseNext(bytes[at..], out var next) || next.Channels != first.Channels)
                return FreeFormatMeasure.NotFound;
            at += next.FrameBytes;
        }

        return at <= bytes.Length ? FreeFormatMeasure.Found : FreeFormatMeasure.NeedsMore;
    }
}

/// <summary>The result of <see cref="Mp3FreeFormat.Measure"/>.</summary>
public enum FreeFormatMeasure
{
    /// <summary>The bytes do not begin with a free-format frame.</summary>
    NotFound,

    /// <summary>The bytes begin with a free-format frame.</summary>
    Found,

    /// <summary>There are too few bytes to decide.</summary>
    NeedsMore,
}
