using TspActors.Media.Library;
using TspActors.Mpeg;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>Measures how long a stretch of a song sounds.</summary>
internal static class SongTime
{
    // 320 kbit/s, the most that Layer III has.
    private const double MostBytesPerSecond = 40_000;
    private const int LongestFrame = Mp3FrameHeader.MaxFrameBytes;

    /// <summary>
    /// Measures by the frames where the bitrate varies, or junk stands between them; else by the average, which is exact then.
    /// </summary>
    public static TimeSpan Measure(SongFile song, ReadOnlySpan<byte> part)
    {
        if (!song.Format.Vbr && !HasJunk(song))
            return TimeSpan.FromMilliseconds((double)part.Length * song.Format.DurationMs / song.PayloadLength);
        if (Mp3FrameTime.Measure(part) is { } time)
            return time;
        // A stretch that is long enough for two frames and has none is junk, which nobody hears. A shorter one: better too early than too
        // late.
        return part.Length >= 2 * LongestFrame ? TimeSpan.Zero : TimeSpan.FromSeconds(part.Length / MostBytesPerSecond);
    }

    // Two files joined into one, with the cover of the second in the middle, say.
    private static bool HasJunk(SongFile song) =>
        song.PayloadLength > 1.02 * song.Format.BitrateBps / 8.0 * song.Format.DurationMs / 1000 + LongestFrame;
}
