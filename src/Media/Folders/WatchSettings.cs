namespace TspActors.Media.Folders;

/// <summary>How the shared folders are watched.</summary>
public sealed record WatchSettings
{
    /// <summary>Whether the operating system is asked to tell of changes; otherwise only the sweep finds them.</summary>
    public bool Enabled { get; init; } = true;

    /// <summary>A path is looked at again when nothing has happened to it for this long; a file still being copied is not.</summary>
    public TimeSpan QuietTime { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>All folders are looked through this often, for what the watch has missed.</summary>
    public TimeSpan SweepInterval { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The same while a folder cannot be watched.</summary>
    public TimeSpan SweepIntervalUnwatched { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Paths that may wait to be looked at; when there are more, all folders are looked through instead.</summary>
    public int MaxPending { get; init; } = 10_000;
}
