namespace TspActors.Architecture.Tests;

/// <summary>What every source file must be. Each method returns the places that break a rule.</summary>
internal static class SourceRules
{
    /// <summary>The longest line, in characters.</summary>
    public const int MaxColumns = 140;

    /// <summary>Returns the files whose namespace is not their folder. Shared test code is compiled into many projects and has one of its own.</summary>
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

    /// <summary>Returns the lines that are longer than <see cref="MaxColumns"/>.</summary>
    public static IReadOnlyList<string> LongLines(IEnumerable<SourceFile> files) =>
    [
        .. from file in files
           from line in file.Text.Split('\n').Select((text, index) => (Text: text, Number: index + 1))
           where line.Text.Length > MaxColumns
           select $"{file.Path}:{line.Number} has {line.Text.Length} characters",
    ];
}
