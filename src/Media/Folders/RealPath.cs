namespace TspActors.Media.Folders;

/// <summary>Finds the one true path of a folder: absolute and without symbolic links.</summary>
internal static class RealPath
{
    // As many links on one way as Linux allows; more is a circle.
    private const int MaxLinks = 40;

    /// <summary>Compares paths as the file system does.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The same as a comparer.</summary>
    public static StringComparer Comparer { get; } = StringComparer.FromComparison(Comparison);

    /// <summary>The path with every link in it followed, the last part included.</summary>
    /// <exception cref="IOException">The links lead round in a circle.</exception>
    public static string Of(string path)
    {
        var links = 0;
        return Resolve(Path.GetFullPath(path), ref links);
    }

    private static string Resolve(string path, ref int links)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
            return path;
        var resolved = Path.Combine(Resolve(parent, ref links), Path.GetFileName(path));
        if (new DirectoryInfo(resolved).LinkTarget is not { } target)
            return resolved;
        if (++links > MaxLinks)
            throw new IOException("Too many levels of symbolic links.");
        return Resolve(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), ref links);
    }
}
