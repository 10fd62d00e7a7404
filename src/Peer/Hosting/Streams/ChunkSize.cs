using System.Numerics;
using TspActors.Media.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Hosting.Streams;

/// <summary>Decides how much of a song is read and sent at a time.</summary>
internal static class ChunkSize
{
    // Enough for two MP3 frames, so that the duration can be measured.
    private const int LeastBytes = 4096;

    // The largest body of a DATA frame.
    private const int MostBytes = 256 * 1024;

    // Each chunk costs its stream a wake-up, but chunks longer than this would save little.
    private static readonly double LongestSeconds = Pacer.LongestGap.TotalSeconds;

    /// <summary>
    /// Returns the number of payload bytes per chunk of a real-time stream. It is the same for all listeners of a song, so that they can
    /// share chunks. A chunk contains a few seconds of audio, or less if the burst is short. With its frame header, it does not exceed the
    /// configured size.
    /// </summary>
    public static int RealTime(SongFile song, HostingSettings settings)
    {
        var largest = Math.Max(1, settings.ChunkBytes - FrameHeader.SizeWithLength);
        if (song.Format.DurationMs == 0)
            return largest;
        var seconds = Math.Clamp(settings.StartBurst.TotalSeconds * 0.4, 0.25, LongestSeconds);
        return (int)Math.Clamp(song.PayloadLength * 1000.0 / song.Format.DurationMs * seconds, Math.Min(LeastBytes, largest), largest);
    }

    /// <summary>Returns the number of payload bytes per chunk at full speed, which is smaller if memory is scarce.</summary>
    public static int Full(HostingSettings settings) => Full(settings, MemoryLimit.StreamBytes);

    /// <param name="settings">The limits on the size of a chunk, on streams, and on chunks on their way to the socket.</param>
    /// <param name="streamBytes">The memory for the chunks of all streams.</param>
    internal static int Full(HostingSettings settings, long streamBytes)
    {
        var fitting = streamBytes / Math.Max(1L, (long)settings.MaxStreams * settings.ChunksInFlight);
        // The sizes of chunk buffers are powers of two.
        var largest = (long)BitOperations.RoundUpToPowerOf2((ulong)Math.Clamp(fitting, LeastBytes, MostBytes) + 1) / 2;
        return Math.Max(1, (int)Math.Min(settings.FullSpeedChunkBytes, largest) - FrameHeader.SizeWithLength);
    }
}
