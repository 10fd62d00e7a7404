namespace TspActors.Configuration;

/// <summary>The user's home folder, and paths that begin with it.</summary>
public static class HomeFolder
{
    /// <summary>The path of the home folder; null if the user has none, as is the case for many service accounts.</summary>
    public static string? Path { get; } =
        Environment.GetFolderPath(Environment.SpecialFolder.UserProfile) is { Length: > 0 } home ? home : null;

    /// <summary>Replaces a leading ~ with the home folder, as a shell does.</summary>
    /// <returns>The path, unchanged if it does not begin with ~ or ~/; null if it does, but there is no home folder.</returns>
    public static string? Expand(string path) => Expand(path, Path);

    internal static string? Expand(string path, string? home) =>
        path != "~" && !path.StartsWith("~/", StringComparison.Ordinal) ? path
        : home is null ? null
        : home + path[1..];
}
