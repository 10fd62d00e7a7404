namespace TspActors.Media.Folders;

/// <summary>A folder that is shared with everything under it that its patterns let through.</summary>
/// <param name="Path">Absolute path of the folder.</param>
/// <param name="Name">What people see instead of the path; empty = none.</param>
public sealed record MusicRoot(string Path, string Name = "")
{
    /// <summary>Files and folders to leave out.</summary>
    public IgnorePatterns Exclude { get; init; } = IgnorePatterns.None;

    /// <summary>Where it is not empty only files that fit it, or lie in a folder that fits it, are shared.</summary>
    public IgnorePatterns Include { get; init; } = IgnorePatterns.None;

    /// <summary>The name, or else the path.</summary>
    public string Label => Name.Length > 0 ? Name : Path;

    /// <summary>
    /// Reads a folder as it is written in the settings: a path, or <c>name=path</c> with an absolute path. So a relative path with "=/" in it is written
    /// with "./" before it.
    /// </summary>
    public static MusicRoot Parse(string text)
    {
        var sign = text.IndexOf('=', StringComparison.Ordinal);
        var isNamed = sign > 0 && text.AsSpan(0, sign).IndexOfAny('/', '\\') < 0 && System.IO.Path.IsPathFullyQualified(text[(sign + 1)..]);
        return isNamed ? new MusicRoot(Clean(text[(sign + 1)..]), text[..sign].Trim()) : new MusicRoot(Clean(text));
    }

    /// <summary>True when <paramref name="path"/> is the folder itself or lies somewhere under it.</summary>
    public bool Holds(string path) => IsUnder(path, Path);

    /// <summary>True when <paramref name="path"/> is <paramref name="folder"/> or lies somewhere under it; both absolute.</summary>
    public static bool IsUnder(string path, string folder) =>
        path.StartsWith(folder, RealPath.Comparison)
        && (path.Length == folder.Length || System.IO.Path.EndsInDirectorySeparator(folder) || path[folder.Length] == System.IO.Path.DirectorySeparatorChar);

    private static string Clean(string path) => System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(path));
}
