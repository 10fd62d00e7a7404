using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>A command line of the tracker or the peer, as README.md or a page in docs shows it.</summary>
/// <param name="Source">The file and the line.</param>
/// <param name="Program">"Tracker" or "Peer".</param>
/// <param name="Arguments">The arguments, as they are documented.</param>
public sealed partial record DocumentedCommand(string Source, string Program, IReadOnlyList<string> Arguments)
{
    private static readonly string[] Pages = ["README.md", "docs/operations.md", "docs/debugging.md"];

    /// <summary>The repository that contains the tests.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>
    /// Returns all documented commands. An optional argument, such as [--json], gives two commands: one without it and one with it. Of
    /// alternatives, such as a|b, the last one is used.
    /// </summary>
    public static IEnumerable<DocumentedCommand> ReadAll()
    {
        foreach (var page in Pages)
        {
            foreach (var (number, line) in File.ReadLines(Path.Combine(Root, page)).Index())
            {
                if (CommandLine().Match(line) is not { Success: true } match)
                    continue;
                var text = match.Groups["arguments"].Value;
                foreach (var variant in Optional().IsMatch(text) ? [Optional().Replace(text, ""), Optional().Replace(text, "$1")] : new[] { text })
                {
                    yield return new DocumentedCommand(
                        $"{page}, line {number + 1}", match.Groups["program"].Value,
                        [.. variant.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => word.Split('|')[^1])]);
                }
            }
        }
    }

    /// <summary>Returns the command as text, which names the test case.</summary>
    public override string ToString() => $"{Source}: {Program} {string.Join(' ', Arguments)}";

    // An indented line that begins with the program, however it is started, and may end with a comment.
    [GeneratedRegex(
        @"^    (?:dotnet run (?:\S+ )*?--project src/|… src/|TspActors\.)(?<program>Tracker|Peer)(?: --(?= ))?(?<arguments>(?: (?!#)\S+)*)\s*(?:#.*)?$")]
    private static partial Regex CommandLine();

    [GeneratedRegex(@"\[([^\]]*)\]")]
    private static partial Regex Optional();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TspActors.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("TspActors.sln was not found in any folder above the tests.");
        return folder.FullName;
    }
}
