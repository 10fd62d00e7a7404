namespace TspActors.Peer.Hosting;

/// <summary>Decides when the next part of a stream may go: a burst at once, then as fast as it is heard (docs/protocol.md section 4, REALTIME).</summary>
/// <remarks>
/// The requester's play clock starts with the stream, so the next part may go t seconds after the start when what went before it sounds no longer than t + burst,
/// whatever the link did in between: a requester that fell behind catches up as fast as its link takes it, and never gets more than one part beyond that.
/// </remarks>
/// <param name="burst">Audio that goes at once; null = no pace, as fast as the socket takes it.</param>
internal sealed class Pacer(TimeSpan? burst)
{
    private TimeSpan _sent;

    /// <summary>A part that sounds so long was sent.</summary>
    public void Sent(TimeSpan audio) => _sent += audio;

    /// <summary>How long to wait, <paramref name="elapsed"/> after the start, before the next part may go.</summary>
    public TimeSpan Delay(TimeSpan elapsed)
    {
        var delay = burst is { } allowed ? _sent - allowed - elapsed : TimeSpan.Zero;
        return delay > TimeSpan.Zero ? delay : TimeSpan.Zero;
    }

    /// <summary>True when less than half of the burst is left of what the requester was to be ahead: it may soon run dry.</summary>
    public bool IsBehind(TimeSpan elapsed) => burst is { } allowed && elapsed > allowed && _sent - elapsed < allowed / 2;
}
