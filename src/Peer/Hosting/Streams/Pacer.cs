namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// Decides when the next chunk of a stream may be sent: first a burst, then the rest at playing speed (docs/protocol.md section 4,
/// REALTIME).
/// </summary>
/// <remarks>
/// The requester's play clock starts with the stream. At t seconds after the start, the next chunk may be sent if the audio sent so far
/// lasts no longer than t + burst, whatever has happened on the connection. A requester that fell behind therefore catches up as fast
/// as its connection allows. Unless chunks are sent early because of the longest gap, the requester is never ahead by more than the burst
/// and one chunk.
/// </remarks>
/// <param name="burst">How much audio to send immediately; null = no pacing: audio is sent as fast as the socket accepts it.</param>
/// <param name="longestGap">The longest pause between two chunks, however long their audio lasts; null = no limit.</param>
internal sealed class Pacer(TimeSpan? burst, TimeSpan? longestGap = null)
{
    /// <summary>
    /// The longest pause between two chunks. A requester may give up on a host that sends nothing for longer than this. In a quiet passage,
    /// where a chunk contains a lot of audio, the next one is therefore sent early.
    /// </summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(3);

    private TimeSpan _sent;
    private TimeSpan _lastAt;

    /// <summary>Records that a chunk of this duration was sent <paramref name="elapsed"/> after the start.</summary>
    public void Sent(TimeSpan audio, TimeSpan elapsed)
    {
        _sent += audio;
        _lastAt = elapsed;
    }

    /// <summary>Returns how much longer the next chunk has to wait, measured <paramref name="elapsed"/> after the start.</summary>
    public TimeSpan Delay(TimeSpan elapsed)
    {
        if (burst is not { } allowed)
            return TimeSpan.Zero;
        var due = _sent - allowed;
        if (longestGap is { } gap && due > _lastAt + gap)
            due = _lastAt + gap;
        return due > elapsed ? due - elapsed : TimeSpan.Zero;
    }

    /// <summary>Returns true when the requester has less than half of its burst left, and may soon run dry.</summary>
    public bool IsBehind(TimeSpan elapsed) => burst is { } allowed && elapsed > allowed && _sent - elapsed < allowed / 2;
}
