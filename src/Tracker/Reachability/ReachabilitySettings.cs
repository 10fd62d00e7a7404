namespace TspActors.Tracker.Reachability;

/// <summary>The settings for the probes that check whether the ports of a tracker's peers can be reached.</summary>
public sealed record ReachabilitySettings
{
    /// <summary>Whether the tracker probes ports. If it does not, every host counts as reachable.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>The time within which a port must accept the connection and reply.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>The maximum number of concurrent probes.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>The wait after a failed probe. It doubles with each consecutive failure.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The maximum wait after failed probes, and the wait after a successful one.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(10);
}
