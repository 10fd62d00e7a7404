using TspActors.Media;

namespace TspActors.Peer.Hosting;

/// <summary>How long a part of a song sounds.</summary>
internal static class SongTime
{
    // 320 kbit/s, the most that Layer III has.
    private const double MostBytesPerSecond = 40_000;

    /// <summary>By its frames where the bitrate varies, else by the average, which is exact then.</summary>
    public static TimeSpan Of(SongFile song, ReadOnlySpan<byte> part)
    {
        if (!song.Format.Vbr)
            return TimeSpan.FromMilliseconds((double)part.Length * song.Format.DurationMs / song.PayloadLength);
        // Too short to hold two frames, or junk: better too early than too late.
        return FrameTime.Of(part) ?? TimeSpan.FromSeconds(part.Length / MostBytesPerSecond);
    }
}
