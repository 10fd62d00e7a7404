namespace TspActors.Tracker.Peers;

/// <summary>Limits on the songs that all peers together add, change and remove.</summary>
public sealed record ShareLimits
{
    /// <summary>The number of songs for which nobody waits, after a pause.</summary>
    public int Burst { get; init; } = 200_000;

    /// <summary>The number of further songs per second; 0 = any number.</summary>
    public int PerSecond { get; init; } = 500;

    /// <summary>How long after the start of the tracker there is no limit.</summary>
    public TimeSpan FreeTime { get; init; } = TimeSpan.FromMinutes(1);
}
