namespace TspActors.Media.Folders;

/// <summary>The settings for the folder watch and the sweeps.</summary>
public sealed record WatchSettings
{
    /// <summary>Whether the operating system is asked to report changes. If not, only sweeps find them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>How long a changed path must be quiet before it is scanned, so that a file is not read while it is being copied.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>The time between two sweeps. A sweep scans all folders for changes that the watch has missed.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The time between two sweeps while a folder cannot be watched.</summary>
    public TimeSpan SweepIntervalUnwatched { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The maximum number of changed paths to remember. If there are more, all folders are scanned instead.</summary>
    public int MaxPending { get; init; } = 10_000;
}
