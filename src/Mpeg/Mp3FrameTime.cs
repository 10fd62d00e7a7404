namespace TspActors.Mpeg;

/// <summary>Measures the playing time of a range of payload bytes from the frames that begin in it.</summary>
public static class Mp3FrameTime
{
    /// <summary>
    /// Returns the playing time of the frames whose headers begin in <paramref name="bytes"/>. The range may start and end anywhere. The
    /// times of consecutive ranges add up to the playing time of the whole song, at any bitrate. Junk between frames adds nothing.
    /// </summary>
    /// <returns>The playing time; null if no two consecutive frames of one stream were found, because the range is too short or is not MPEG
    ///   Layer III.</returns>
    public static TimeSpan? Measure(ReadOnlySpan<byte> bytes)
    {
        var seconds = 0d;
        var found = false;
        for (var at = 0; (at = NextFrame(bytes, at, out var header)) >= 0;)
        {
            found = true;
            var frameSeconds = (double)header.SamplesPerFrame / header.SampleRateHz;
            var first = header;
            while (true)
            {
                seconds += frameSeconds;
                at += header.FrameBytes;
                if (at >= bytes.Length)
                    return TimeSpan.FromSeconds(seconds);
                if (at + Mp3FrameHeader.Size > bytes.Length)
                    // A frame begins here, but its header ends in the next range, where it cannot be recognized.
                    return TimeSpan.FromSeconds(seconds + frameSeconds);
                if (!first.TryParseNext(bytes[at..], out header))
                    break;
            }
        }

        return found ? TimeSpan.FromSeconds(seconds) : null;
    }

    // One in 10^4 random positions looks like a header, so a second header must follow the first frame.
    private static int NextFrame(ReadOnlySpan<byte> bytes, int from, out Mp3FrameHeader header)
    {
        header = default;
        for (var at = from; at < bytes.Length; at++)
        {
            var sync = bytes[at..].IndexOf((byte)0xFF);
            if (sync < 0)
                return -1;
            at += sync;
            if (!Mp3FrameHeader.TryParse(bytes[at..], out header))
            {
                if (Mp3FreeFormat.Measure(bytes[at..], out header) == FreeFormatMeasure.Found)
                    return at;
            }
            else if (at + header.FrameBytes <= bytes.Length && header.TryParseNext(bytes[(at + header.FrameBytes)..], out _))
            {
                return at;
            }
        }

        return -1;
    }
}
