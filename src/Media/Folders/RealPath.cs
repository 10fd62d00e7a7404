namespace TspActors.Media.Folders;

/// <summary>Resolves the real path of a folder: absolute and without symbolic links.</summary>
internal static class RealPath
{
    // Linux follows at most this many links in one path. A path with more links is treated as a cycle.
    private const int MaxLinks = 40;

    /// <summary>The comparison that the file system uses for paths.</summary>
    public static StringComparison Comparison { get; } =
        OperatingSystem.IsWindows() || OperatingSystem.IsMacOS() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;

    /// <summary>The same comparison, as a StringComparer.</summary>
    public static StringComparer Comparer { get; } = StringComparer.FromComparison(Comparison);

    /// <summary>Returns the path with every link resolved, including a link in the last segment.</summary>
    /// <exception cref="IOException">The links form a cycle.</exception>
    public static string Resolve(string path)
    {
        var links = 0;
        return ResolveLinks(Path.GetFullPath(path), ref links);
    }

    private static string ResolveLinks(string path, ref int links)
    {
        var parent = Path.GetDirectoryName(path);
        if (parent is null)
            return path;
        var resolved = Path.Combine(ResolveLinks(parent, ref links), Path.GetFileName(path));
        if (new DirectoryInfo(resolved).LinkTarget is not { } target)
            return resolved;
        if (++links > MaxLinks)
            throw new IOException("Too many levels of symbolic links.");
        return ResolveLinks(Path.GetFullPath(target, Path.GetDirectoryName(resolved)!), ref links);
    }
}
