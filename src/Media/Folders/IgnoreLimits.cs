namespace TspActors.Media.Folders;

/// <summary>
/// Limits for .tspignore files, which may come with music from other people. The defaults are far beyond the size of any file written by
/// hand.
/// </summary>
/// <param name="Patterns">The maximum number of patterns in one file.</param>
/// <param name="FileBytes">The maximum length of a file, in bytes.</param>
public sealed record IgnoreLimits(int Patterns = 1000, int FileBytes = 64 << 10)
{
    // A path is matched against the .tspignore files in all folders above it. The limits for all of them together are this multiple of the
    // limits for one file.
    private const int Files = 4;

    /// <summary>The default limits.</summary>
    public static IgnoreLimits Default { get; } = new();

    /// <summary>The maximum number of patterns in all the files that apply to one folder.</summary>
    public int MaxPatternsPerFolder => (int)Math.Min((long)Patterns * Files, int.MaxValue);

    /// <summary>The maximum total length of these patterns, in characters.</summary>
    public long MaxPatternLengthPerFolder => (long)FileBytes * Files;
}
