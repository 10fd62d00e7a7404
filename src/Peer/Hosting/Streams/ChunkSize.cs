using TspActors.Media.Library;
using TspActors.Protocol;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>Decides how much of a song is read and sent at a time.</summary>
internal static class ChunkSize
{
    // Two frames at least, so that their duration can be measured.
    private const int LeastBytes = 4096;

    // A listener costs a wake-up a chunk, and is ahead by the burst when the chunk goes: more than this would save little.
    private static readonly double LongestSeconds = Pacer.LongestGap.TotalSeconds;

    /// <summary>
    /// Bytes of the song in a chunk at real time: the same for all listeners of a song, so that they can share what is read; some seconds
    /// of audio, but not so much that it makes a hole in a short burst; and with its frame's header no more than a chunk may have.
    /// </summary>
    public static int RealTime(SongFile song, HostingSettings settings)
    {
        var largest = Math.Max(1, settings.ChunkBytes - FrameHeader.SizeWithLength);
        if (song.Format.DurationMs == 0)
            return largest;
        var seconds = Math.Clamp(settings.StartBurst.TotalSeconds * 0.4, 0.25, LongestSeconds);
        return (int)Math.Clamp(song.PayloadLength * 1000.0 / song.Format.DurationMs * seconds, Math.Min(LeastBytes, largest), largest);
    }

    /// <summary>Bytes of a song in a chunk at full speed.</summary>
    public static int Full(HostingSettings settings) => Math.Max(1, settings.FullSpeedChunkBytes - FrameHeader.SizeWithLength);
}
