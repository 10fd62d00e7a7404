using TspActors.Gateway.Library;
using TspActors.Mpeg;

namespace TspActors.Gateway.Media;

/// <summary>Finds the offset in a song at which the audio for a given time begins.</summary>
internal static class TimeSeek
{
    /// <summary>
    /// Estimates the offset from the song's seek table. Without a table, the offset is assumed to be proportional to the time.
    /// </summary>
    /// <param name="song">The song.</param>
    /// <param name="time">The time from the start.</param>
    /// <param name="head">The song's first bytes; empty = unknown.</param>
    public static long Estimate(LibrarySong song, TimeSpan time, ReadOnlySpan<byte> head)
    {
        ArgumentNullException.ThrowIfNull(song);
        if (song.DurationMs <= 0 || time.TotalMilliseconds >= song.DurationMs)
            return song.Size;
        var fraction = Math.Max(0, time.TotalMilliseconds / song.DurationMs);
        var offset = Mp3SeekTable.Read(head)?.FindOffset(fraction, song.Size) ?? (long)(fraction * song.Size);
        return Math.Clamp(offset, 0, song.Size);
    }

    /// <summary>
    /// Finds the first frame in the given bytes. A header counts as a frame only if a second header follows at the distance that the first
    /// one states or, in free format, if two more headers follow.
    /// </summary>
    /// <returns>The index of the frame; -1 = there is none.</returns>
    public static int FindFrame(ReadOnlySpan<byte> bytes)
    {
        for (var index = 0; index + Mp3FrameHeader.Size <= bytes.Length; index++)
        {
            var rest = bytes[index..];
            if (!Mp3FrameHeader.TryParse(rest, out var header))
            {
                if (Mp3FreeFormat.Measure(rest, out _) == FreeFormatMeasure.Found)
                    return index;
            }
            else if (header.FrameBytes <= rest.Length && header.TryParseNext(rest[header.FrameBytes..], out _))
            {
                return index;
            }
        }

        return -1;
    }
}
