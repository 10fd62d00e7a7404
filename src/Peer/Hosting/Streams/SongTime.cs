using TspActors.Media.Library;
using TspActors.Mpeg;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>Measures the duration of a stretch of a song.</summary>
internal static class SongTime
{
    // 320 kbit/s, the highest bitrate of Layer III. Only free-format audio can exceed it, and its bitrate is constant.
    private const double MostBytesPerSecond = 40_000;
    private const int LongestFrame = Mp3FrameHeader.MaxFrameBytes;

    /// <summary>
    /// Measures the duration frame by frame if the bitrate varies or there is junk between the MP3 frames. Otherwise uses the average
    /// bitrate, which is exact in that case.
    /// </summary>
    public static TimeSpan Measure(SongFile song, ReadOnlySpan<byte> part)
    {
        if (!song.Format.Vbr && !HasJunk(song))
            return TimeSpan.FromMilliseconds((double)part.Length * song.Format.DurationMs / song.PayloadLength);
        if (Mp3FrameTime.Measure(part) is { } time)
            return time;
        // A stretch that is long enough for two frames but contains none is junk and makes no sound. A shorter one is measured at the
        // highest bitrate, because sending too early is better than sending too late.
        var bytesPerSecond = Math.Max(MostBytesPerSecond, song.Format.BitrateBps / 8.0);
        return part.Length >= 2 * LongestFrame ? TimeSpan.Zero : TimeSpan.FromSeconds(part.Length / bytesPerSecond);
    }

    // For example, when two files have been joined, the second one's cover image is junk between the frames.
    private static bool HasJunk(SongFile song) =>
        song.PayloadLength > 1.02 * song.Format.BitrateBps / 8.0 * song.Format.DurationMs / 1000 + LongestFrame;
}
