using TspActors.Media.Folders;
using TspActors.Media.Library;

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

    /// <summary>When work on the library failed (a full disk, say), everything is looked through after this time.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often it is looked whether touched paths are quiet: often enough that this adds little to the quiet time.</summary>
    internal TimeSpan QuietTick => TimeSpan.FromMilliseconds(Math.Clamp(Watch.QuietTime.TotalMilliseconds / 4, 20, 250));

    /// <summary>
    /// The roots that the texts of the settings name, each with the patterns for all and those that begin with its name and a colon.
    /// </summary>
    public IReadOnlyList<MusicRoot> Roots(IEnumerable<string> music)
    {
        var roots = music.Select(MusicRoot.Parse).ToList();
        return [.. roots.Select(root => root with { Exclude = PatternsOf(root, roots, Exclude),
            Include = PatternsOf(root, roots, Include) })];
    }

    private static IgnorePatterns PatternsOf(MusicRoot root, List<MusicRoot> roots, IReadOnlyList<string> patterns) => IgnorePatterns.Parse(
        patterns
            .Select(pattern => (Pattern: pattern, Owner: roots.Find(each => each.Name.Length > 0 && pattern.StartsWith($"{each.Name}:",
                StringComparison.Ordinal))))
            .Where(each => each.Owner is null || each.Owner.Name == root.Name)
            .Select(each => each.Owner is null ? each.Pattern : each.Pattern[(root.Name.Length + 1)..]));
}
