namespace TspActors.Tracker.Peers;

/// <summary>Limits on how fast all peers together add, change and remove songs. config/tracker.conf explains each one.</summary>
public sealed record ShareLimits
{
    /// <summary>The number of songs for which nobody rests, after a pause.</summary>
    public int Burst { get; init; } = 400_000;

    /// <summary>The number of further songs per second; 0 = any number.</summary>
    public int PerSecond { get; init; } = 1_000;

    /// <summary>How long after the start of the tracker there is no limit.</summary>
    public TimeSpan FreeTime { get; init; } = TimeSpan.FromMinutes(1);
}
