namespace TspActors.Peer.Hosting.Streams;

/// <summary>
/// Decides when the next part of a stream may go: a burst at once, then as fast as it is heard (docs/protocol.md section 4, REALTIME).
/// </summary>
/// <remarks>
/// The requester's play clock starts with the stream, so the next part may go t seconds after the start when what went before it sounds no
/// longer than t + burst, whatever the link did in between: a requester that fell behind catches up as fast as its link takes it, and never
/// gets more than one part beyond that.
/// </remarks>
/// <param name="burst">Audio that goes at once; null = no pace, as fast as the socket takes it.</param>
/// <param name="longestGap">So long it is silent at most, however long what was sent sounds; null = as long as that sounds.</param>
internal sealed class Pacer(TimeSpan? burst, TimeSpan? longestGap = null)
{
    /// <summary>
    /// A requester that hears nothing for longer might take its host for dead, so in a quiet passage, whose parts sound long, the next part
    /// goes early.
    /// </summary>
    public static readonly TimeSpan LongestGap = TimeSpan.FromSeconds(3);

    private TimeSpan _sent;
    private TimeSpan _lastAt;

    /// <summary>A part that sounds so long was sent, <paramref name="elapsed"/> after the start.</summary>
    public void Sent(TimeSpan audio, TimeSpan elapsed)
    {
        _sent += audio;
        _lastAt = elapsed;
    }

    /// <summary>How long to wait, <paramref name="elapsed"/> after the start, before the next part may go.</summary>
    public TimeSpan Delay(TimeSpan elapsed)
    {
        if (burst is not { } allowed)
            return TimeSpan.Zero;
        var due = _sent - allowed;
        if (longestGap is { } gap && due > _lastAt + gap)
            due = _lastAt + gap;
        return due > elapsed ? due - elapsed : TimeSpan.Zero;
    }

    /// <summary>True when less than half of the burst is left of what the requester was to be ahead: it may soon run dry.</summary>
    public bool IsBehind(TimeSpan elapsed) => burst is { } allowed && elapsed > allowed && _sent - elapsed < allowed / 2;
}
