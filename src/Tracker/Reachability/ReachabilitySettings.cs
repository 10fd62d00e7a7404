namespace TspActors.Tracker.Reachability;

/// <summary>How a tracker finds out whether listeners can connect to its peers.</summary>
public sealed record ReachabilitySettings
{
    /// <summary>Whether it does; if not, every host counts as reachable.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A port must have taken the connection and answered by then.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>Ports that are tried at the same time.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>A port that could not be reached is tried again after this time; doubles each time.</summary>
    public TimeSpan RetryMin { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest such wait, and how often a port that could be reached is tried again.</summary>
    public TimeSpan RetryMax { get; init; } = TimeSpan.FromMinutes(10);
}
