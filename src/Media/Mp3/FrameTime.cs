namespace TspActors.Media.Mp3;

/// <summary>How long a stretch of a payload sounds, by the frames that begin in it.</summary>
public static class FrameTime
{
    /// <summary>
    /// The playing time of the frames whose headers begin in <paramref name="bytes"/>, cut anywhere. Stretches that follow one another add up to the whole, whatever
    /// the bitrate does; where junk stands between frames it counts nothing.
    /// </summary>
    /// <returns>Null when no frame is found that another one of its kind follows: then the stretch is too short, or no MPEG Layer III.</returns>
    public static TimeSpan? Of(ReadOnlySpan<byte> bytes)
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
                    // It begins here, and its header goes on in the next stretch, where it will not be seen.
                    return TimeSpan.FromSeconds(seconds + frameSeconds);
                if (!Mp3FrameHeader.TryParse(bytes[at..], out header) || !header.IsSameStream(first))
                    break;
            }
        }

        return found ? TimeSpan.FromSeconds(seconds) : null;
    }

    // A header alone is 1 in 10^4 of random bytes, so the next one has to be there too.
    private static int NextFrame(ReadOnlySpan<byte> bytes, int from, out Mp3FrameHeader header)
    {
        header = default;
        for (var at = from; at < bytes.Length; at++)
        {
            var sync = bytes[at..].IndexOf((byte)0xFF);
            if (sync < 0)
                return -1;
            at += sync;
            if (Mp3FrameHeader.TryParse(bytes[at..], out header)
                && at + header.FrameBytes + Mp3FrameHeader.Size <= bytes.Length
                && Mp3FrameHeader.TryParse(bytes[(at + header.FrameBytes)..], out var second)
                && second.IsSameStream(header))
                return at;
        }

        return -1;
    }
}
