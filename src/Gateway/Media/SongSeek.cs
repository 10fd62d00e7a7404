using TspActors.Mpeg;

namespace TspActors.Gateway.Media;

/// <summary>Finds the byte of a song at which a time begins.</summary>
internal static class SongSeek
{
    /// <summary>Returns the approximate byte at a time: by the song's seek table if it has one, otherwise in proportion.</summary>
    /// <param name="head">The first bytes of the song.</param>
    /// <param name="fraction">The time as a fraction of the duration, 0 to 1.</param>
    /// <param name="size">The length of the song in bytes.</param>
    public static long Estimate(ReadOnlySpan<byte> head, double fraction, long size) =>
        Mp3SeekTable.Read(head)?.FindOffset(fraction, size) ?? (long)(fraction * size);

    /// <summary>Returns the first position from <paramref name="start"/> at which two frames follow each other; -1 = there is none.</summary>
    public static int FindFrame(ReadOnlySpan<byte> bytes, int start)
    {
        for (var at = start; at + Mp3FrameHeader.Size <= bytes.Length; at++)
        {
            if (!Mp3FrameHeader.TryParse(bytes[at..], out var header) || header.FrameBytes <= 0)
                continue;
            var next = at + header.FrameBytes;
            if (next + Mp3FrameHeader.Size <= bytes.Length && Mp3FrameHeader.TryParse(bytes[next..], out var following)
                && header.IsSameStream(following))
                return at;
        }

        return -1;
    }
}
