namespace TspActors.Media.Folders;

/// <summary>How the shared folders are watched.</summary>
public sealed record WatchSettings
{
    /// <summary>True to have the operating system report changes; otherwise only the sweep finds them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a changed path must be quiet before it is scanned, so that a file still being copied is not.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Time between two sweeps through all folders, which find changes that the watch has missed.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Time between two sweeps while a folder cannot be watched.</summary>
    public TimeSpan SweepIntervalUnwatched { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The most changed paths to remember. When there are more, a sweep replaces them.</summary>
    public int MaxPending { get; init; } = 10_000;
}
