namespace TspActors.Architecture.Tests;

/// <summary>The rules for source files. Each method returns the places that break one rule.</summary>
internal static class SourceRules
{
    /// <summary>The maximum length of a line, in characters.</summary>
    public const int MaxColumns = 140;

    // Beginnings of lines that continue a statement, an initializer or a switch after its block.
    private static readonly string[] MayFollowBlock = ["}", "else", "catch", "finally", "while", ")", "]", ".", ",", ";", "#", "case ", "default:"];

    /// <summary>Returns the files whose namespace does not match their folder.</summary>
    public static IReadOnlyList<string> NotInTheirFolder(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           where file.Namespace is { } declared && declared != file.FolderNamespace
           select $"{file.Path} declares {file.Namespace}, not {file.FolderNamespace}",
    ];

    /// <summary>Returns the actors that are split into partial classes.</summary>
    /// <param name="files">The files to read.</param>
    /// <param name="actors">The names of all actors.</param>
    public static IReadOnlyList<string> SplitActors(IEnumerable<SourceFile> files, IReadOnlySet<string> actors) =>
        [.. from file in files from name in file.PartialClasses where actors.Contains(name) select $"{file.Path}: {name}"];

    /// <summary>
    /// Returns the lines that are longer than <see cref="MaxColumns"/>. A line with a string literal may be longer, so that its message
    /// can be found by a text search.
    /// </summary>
    public static IReadOnlyList<string> LongLines(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           from line in CodeLines(file)
           where line.Text.Length > MaxColumns && !line.Text.Contains('"', StringComparison.Ordinal)
           select $"{file.Path}:{line.Number} has {line.Text.Length} characters",
    ];

    /// <summary>Returns the lines that follow the end of a block without a blank line between them (IDE2003).</summary>
    public static IReadOnlyList<string> CrowdedBlocks(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           from pair in CodeLines(file).Zip(CodeLines(file).Skip(1))
           where pair.First.Text.Trim() == "}" && pair.Second.Number == pair.First.Number + 1
               && pair.Second.Text.Trim() is { Length: > 0 } next
               && !MayFollowBlock.Any(start => next.StartsWith(start, StringComparison.Ordinal))
           select $"{file.Path}:{pair.Second.Number} follows a block without a blank line",
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
