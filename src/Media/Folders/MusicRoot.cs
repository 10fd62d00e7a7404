namespace TspActors.Media.Folders;

/// <summary>A shared folder, with everything below it that its patterns admit.</summary>
/// <param name="Path">The absolute path of the folder.</param>
/// <param name="Name">The name shown instead of the path; empty for none.</param>
public sealed record MusicRoot(string Path, string Name = "")
{
    /// <summary>The files and folders to exclude.</summary>
    public IgnorePatterns Exclude { get; init; } = IgnorePatterns.None;

    /// <summary>If not empty, only files that match, or that are in a matching folder, are shared.</summary>
    public IgnorePatterns Include { get; init; } = IgnorePatterns.None;

    /// <summary>The limits for the .tspignore files in this folder.</summary>
    public IgnoreLimits IgnoreLimits { get; init; } = IgnoreLimits.Default;

    /// <summary>The name, or the path if there is no name.</summary>
    public string Label => Name.Length > 0 ? Name : Path;

    /// <summary>
    /// Parses a folder as written in the settings: a path, or <c>name=path</c> with an absolute path. A relative path that contains "=/"
    /// therefore needs a leading "./".
    /// </summary>
    public static MusicRoot Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var isNamed = sign > 0 && text.AsSpan(0, sign).IndexOfAny('/', '\\') < 0 && System.IO.Path.IsPathFullyQualified(text[(sign + 1)..]);
        return isNamed ? new MusicRoot(Normalize(text[(sign + 1)..]), text[..sign].Trim()) : new MusicRoot(Normalize(text));
    }

    /// <summary>Returns true when <paramref name="path"/> is the folder itself or lies below it.</summary>
    public bool Holds(string path) => IsUnder(path, Path);

    /// <summary>Returns true when <paramref name="path"/> is <paramref name="folder"/> or lies below it. Both are absolute.</summary>
    public static bool IsUnder(string path, string folder) =>
        path.StartsWith(folder, RealPath.Comparison)
        && (path.Length == folder.Length || System.IO.Path.EndsInDirectorySeparator(folder)
            || path[folder.Length] == System.IO.Path.DirectorySeparatorChar);

    private static string Normalize(string path) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
}
