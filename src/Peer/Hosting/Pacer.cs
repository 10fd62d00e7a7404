namespace TspActors.Peer.Hosting;

/// <summary>Decides when the next bytes of a stream may go: a burst at once, then the song's own byte rate (docs/protocol.md section 4, REALTIME).</summary>
/// <remarks>
/// The requester's play clock starts with the stream, so what may have been sent after t seconds is (t + burst) x rate, whatever the link did in between:
/// a requester that fell behind catches up as fast as its link takes it, and is never flooded beyond that.
/// </remarks>
/// <param name="bytesPerSecond">The song's average; 0 = as fast as the socket takes it.</param>
/// <param name="burst">Audio that goes at once.</param>
internal sealed class Pacer(double bytesPerSecond, TimeSpan burst)
{
    /// <summary>As fast as the socket takes it.</summary>
    public static Pacer Unlimited { get; } = new(0, TimeSpan.Zero);

    /// <summary>The pace of a song of that length, from the middle of it or the start.</summary>
    public static Pacer RealTime(long payloadBytes, TimeSpan duration, TimeSpan burst) =>
        duration > TimeSpan.Zero ? new Pacer(payloadBytes / duration.TotalSeconds, burst) : Unlimited;

    /// <summary>How long to wait, <paramref name="elapsed"/> after the start, before the byte after the first <paramref name="sent"/> may go.</summary>
    public TimeSpan Delay(long sent, TimeSpan elapsed)
    {
        if (bytesPerSecond <= 0)
            return TimeSpan.Zero;
        var due = TimeSpan.FromSeconds(sent / bytesPerSecond) - burst;
        return due > elapsed ? due - elapsed : TimeSpan.Zero;
    }

    /// <summary>
    /// Bytes to send at a time: two seconds of audio, so that a listener costs a wake-up every two seconds, but not so much that it makes a hole in a short burst.
    /// </summary>
    public int ChunkBytes(int largest) =>
        bytesPerSecond <= 0 ? largest : (int)Math.Clamp(bytesPerSecond * Math.Clamp(burst.TotalSeconds / 5, 0.25, 2), Math.Min(1024, largest), largest);
}
