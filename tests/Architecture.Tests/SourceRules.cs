namespace TspActors.Architecture.Tests;

/// <summary>The rules for source files. Each method returns the places that break one.</summary>
internal static class SourceRules
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaxColumns = 140;

    /// <summary>
    /// Returns the files whose namespace does not match their folder. Many projects compile the shared test code, so it has its own
    /// namespace.
    /// </summary>
    public static IReadOnlyList<string> NotInTheirFolder(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           where file.Namespace is { } declared && declared != file.FolderNamespace
               && !file.Path.StartsWith("tests/Shared/", StringComparison.Ordinal)
           select $"{file.Path} declares {file.Namespace}, not {file.FolderNamespace}",
    ];

    /// <summary>Returns the actors that are split into partial classes.</summary>
    /// <param name="files">The files to read.</param>
    /// <param name="actors">The names of all actors.</param>
    public static IReadOnlyList<string> SplitActors(IEnumerable<SourceFile> files, IReadOnlySet<string> actors) =>
        [.. from file in files from name in file.PartialClasses where actors.Contains(name) select $"{file.Path}: {name}"];

    /// <summary>
    /// Returns the lines that are longer than <see cref="MaxColumns"/>. A line with a string literal may be longer, so that its message
    /// stays in one piece for searches.
    /// </summary>
    public static IReadOnlyList<string> LongLines(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           from line in CodeLines(file)
           where line.Text.Length > MaxColumns && !line.Text.Contains('"', StringComparison.Ordinal)
           select $"{file.Path}:{line.Number} has {line.Text.Length} characters",
    ];

    // Lines inside raw string literals are text, not code.
    private static IEnumerable<(string Text, int Number)> CodeLines(SourceFile file)
    {
        var isText = false;
        foreach (var (number, line) in file.Text.Split('\n').Index())
        {
            if (!isText)
                yield return (line, number + 1);
            isText ^= line.Split("\"\"\"").Length % 2 == 0;
        }
    }
}
