using TspActors.Media.Library;
using TspActors.Mpeg;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>Measures the duration of a stretch of a song.</summary>
internal static class SongTime
{
    // 320 kbit/s, the highest bitrate of Layer III.
    private const double MostBytesPerSecond = 40_000;
    private const int LongestFrame = Mp3FrameHeader.MaxFrameBytes;

    /// <summary>
    /// Measures by MP3 frames when the bitrate varies or junk stands between them; otherwise by the average bitrate, which is exact then.
    /// </summary>
    public static TimeSpan Measure(SongFile song, ReadOnlySpan<byte> part)
    {
        if (!song.Format.Vbr && !HasJunk(song))
            return TimeSpan.FromMilliseconds((double)part.Length * song.Format.DurationMs / song.PayloadLength);
        if (Mp3FrameTime.Measure(part) is { } time)
            return time;
        // A stretch that is long enough for two frames but has none is junk, which makes no sound. A shorter one counts at the highest
        // bitrate, as sending too early is better than too late.
        return part.Length >= 2 * LongestFrame ? TimeSpan.Zero : TimeSpan.FromSeconds(part.Length / MostBytesPerSecond);
    }

    // For example two files joined into one, with the cover of the second in the middle.
    private static bool HasJunk(SongFile song) =>
        song.PayloadLength > 1.02 * song.Format.BitrateBps / 8.0 * song.Format.DurationMs / 1000 + LongestFrame;
}
