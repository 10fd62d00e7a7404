namespace TspActors.Media.Folders;

/// <summary>
/// Limits for .tspignore files, which may come with music from elsewhere. The defaults are far beyond what anyone writes by hand.
/// </summary>
/// <param name="Patterns">The most patterns in one file.</param>
/// <param name="FileBytes">The longest file in bytes.</param>
public sealed record IgnoreLimits(int Patterns = 1000, int FileBytes = 64 << 10)
{
    // A file has to be matched against the .tspignore of every folder above it.
    private const int Files = 4;

    /// <summary>The default limits.</summary>
    public static IgnoreLimits Default { get; } = new();

    /// <summary>The most patterns of all the files that apply to one folder.</summary>
    public int PatternsInForce => (int)Math.Min((long)Patterns * Files, int.MaxValue);

    /// <summary>The most characters of these patterns.</summary>
    public long LengthInForce => (long)FileBytes * Files;
}
