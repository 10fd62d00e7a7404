using TspActors.Media;

namespace TspActors.Peer.Library;

/// <summary>How a peer scans and watches its music folders.</summary>
public sealed record LibrarySettings
{
    /// <summary>Patterns, as in a .gitignore, of files and folders that are left out in every root.</summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Where there are any, only files that fit one of these patterns are shared.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>How a scan goes about its work; its quiet time is that of <see cref="Watch"/>.</summary>
    public ScanSettings Scan { get; init; } = new();

    /// <summary>How the folders are watched.</summary>
    public WatchSettings Watch { get; init; } = new();

    /// <summary>How often it is looked whether touched paths are quiet: often enough that this adds little to the quiet time.</summary>
    internal TimeSpan QuietTick => TimeSpan.FromMilliseconds(Math.Clamp(Watch.QuietTime.TotalMilliseconds / 4, 20, 250));

    /// <summary>The roots that the texts of the settings name, with these patterns.</summary>
    public IReadOnlyList<MusicRoot> Roots(IEnumerable<string> music)
    {
        var (exclude, include) = (IgnorePatterns.Parse(Exclude), IgnorePatterns.Parse(Include));
        return [.. music.Select(text => MusicRoot.Parse(text) with { Exclude = exclude, Include = include })];
    }
}
