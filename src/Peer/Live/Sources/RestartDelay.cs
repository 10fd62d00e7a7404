namespace TspActors.Peer.Live.Sources;

/// <summary>The pause before a command that has ended is restarted: 1, 2, 4 … 30 s, and 1 s again after a run of at least 30 s.</summary>
internal sealed class RestartDelay(TimeProvider time)
{
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);

    private TimeSpan _next = Least;
    private long _started = time.GetTimestamp();

    /// <summary>Records that the command is starting.</summary>
    public void Start() => _started = time.GetTimestamp();

    /// <summary>Returns the pause after the command has ended.</summary>
    public TimeSpan Next()
    {
        if (time.GetElapsedTime(_started) >= Most)
            _next = Least;
        var delay = _next;
        _next = TimeSpan.FromTicks(Math.Min(_next.Ticks * 2, Most.Ticks));
        return delay;
    }
}
