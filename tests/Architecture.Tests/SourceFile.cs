using System.Text.RegularExpressions;

namespace TspActors.Architecture.Tests;

/// <summary>A C# file in the repository.</summary>
/// <param name="Path">The path from the root of the repository, with forward slashes.</param>
/// <param name="Text">The file's text.</param>
internal sealed partial record SourceFile(string Path, string Text)
{
    private static readonly string Top = FindTop();

    /// <summary>All C# files under src and tests, except generated ones.</summary>
    public static IEnumerable<SourceFile> All =>
        from folder in (string[])["src", "tests"]
        from file in Directory.EnumerateFiles(System.IO.Path.Combine(Top, folder), "*.cs", SearchOption.AllDirectories)
        let path = System.IO.Path.GetRelativePath(Top, file).Replace('\\', '/')
        where !path.Contains("/obj/", StringComparison.Ordinal) && !path.Contains("/bin/", StringComparison.Ordinal)
        select new SourceFile(path, File.ReadAllText(file));

    /// <summary>The declared namespace, or null if there is none.</summary>
    public string? Namespace => NamespacePattern().Match(Text) is { Success: true } match ? match.Groups[1].Value : null;

    /// <summary>The namespace that matches the folder: TspActors.Part.Folder.</summary>
    public string FolderNamespace => string.Join('.', ["TspActors", .. Path.Split('/')[1..^1]]);

    /// <summary>The names of the declared partial classes.</summary>
    public IEnumerable<string> PartialClasses => PartialPattern().Matches(Text).Select(match => match.Groups[1].Value);

    private static string FindTop()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "TspActors.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException("These tests read the sources, so they must run inside the repository.");
    }

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespacePattern();

    [GeneratedRegex(@"\bpartial class (\w+)")]
    private static partial Regex PartialPattern();
}
