using TspActors.Media.Folders;
using TspActors.Media.Library;

namespace TspActors.Peer.Library;

/// <summary>The settings for scanning and watching the music folders.</summary>
public sealed record LibrarySettings
{
    /// <summary>
    /// Patterns, as in a .gitignore file, for the files and folders to leave out. Here and in <see cref="Include"/>, a pattern that starts
    /// with a root's name and a colon applies only to that root.
    /// </summary>
    public IReadOnlyList<string> Exclude { get; init; } = [];

    /// <summary>Patterns for the files to share; empty = all files.</summary>
    public IReadOnlyList<string> Include { get; init; } = [];

    /// <summary>Limits for .tspignore files.</summary>
    public IgnoreLimits Ignore { get; init; } = IgnoreLimits.Default;

    /// <summary>How to scan, except for the quiet time, which is taken from <see cref="Watch"/>.</summary>
    public ScanSettings Scan { get; init; } = new();

    /// <summary>How to watch the folders.</summary>
    public WatchSettings Watch { get; init; } = new();

    /// <summary>How long to wait before the next full scan if a scan has failed, for example because the disk was full.</summary>
    public TimeSpan RetryInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How often to check whether touched paths are quiet: four times during the quiet time, within limits.</summary>
    internal TimeSpan QuietTick => TimeSpan.FromMilliseconds(Math.Clamp(Watch.QuietTime.TotalMilliseconds / 4, 20, 250));

    /// <summary>Returns the configured roots, each with the patterns that apply to it.</summary>
    public IReadOnlyList<MusicRoot> Roots(IEnumerable<string> music)
    {
        var roots = music.Select(MusicRoot.Parse).ToList();
        return [.. roots.Select(root => root with { Exclude = PatternsOf(root, roots, Exclude),
            Include = PatternsOf(root, roots, Include), IgnoreLimits = Ignore })];
    }

    private static IgnorePatterns PatternsOf(MusicRoot root, List<MusicRoot> roots, IReadOnlyList<string> patterns) => IgnorePatterns.Parse(
        patterns
            .Select(pattern => (Pattern: pattern, Owner: roots.Find(each => each.Name.Length > 0 && pattern.StartsWith($"{each.Name}:",
                StringComparison.Ordinal))))
            .Where(each => each.Owner is null || each.Owner.Name == root.Name)
            .Select(each => each.Owner is null ? each.Pattern : each.Pattern[(root.Name.Length + 1)..]));
}
