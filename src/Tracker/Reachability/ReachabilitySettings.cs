namespace TspActors.Tracker.Reachability;

/// <summary>The settings by which a tracker finds out whether its peers' ports can be reached.</summary>
public sealed record ReachabilitySettings
{
    /// <summary>Whether the tracker probes ports; if not, every host counts as reachable.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The time in which a port must accept the connection and reply.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The number of concurrent probes.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>The wait before an unreachable port is probed again. It doubles after each failure.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait after a failure, and the wait before a reachable port is probed again.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(10);
}
