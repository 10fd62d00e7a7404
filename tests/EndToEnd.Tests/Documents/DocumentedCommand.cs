using System.Text;
using System.Text.RegularExpressions;

namespace TspActors.EndToEnd.Tests.Documents;

/// <summary>A command line in README.md or on a page in docs.</summary>
/// <param name="Source">The page and the line.</param>
/// <param name="Text">The command, in which the programs of this project are called peer and tracker, however the page starts them.</param>
public sealed partial record DocumentedCommand(string Source, string Text)
{
    // Most commands there measure something for minutes or hours.
    private const string Measurements = "docs/performance.md";

    private const string Fence = "```";

    /// <summary>The repository that contains the tests.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Returns the commands on all pages.</summary>
    public static IEnumerable<DocumentedCommand> ReadAll() =>
        Directory.GetFiles(Path.Combine(Root, "docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Prepend("README.md")
            .Where(page => page != Measurements).SelectMany(page => Read(page, File.ReadAllText(Path.Combine(Root, page))));

    /// <summary>
    /// Returns the commands on a page: all lines of fenced blocks for a shell; the lines of other code from the first one that begins with
    /// a known program; and the programs of this project in backticks. An optional argument, such as [--json], gives two commands: one
    /// without it and one with it. Of alternatives, such as a|b, the last one is used.
    /// </summary>
    public static IEnumerable<DocumentedCommand> Read(string page, string text)
    {
        var prose = new StringBuilder();
        var (language, canBeCode, isShell) = ((string?)null, true, false);
        foreach (var (number, line) in text.Split('\n').Index())
        {
            var trimmed = line.Trim();
            var isFence = trimmed.StartsWith(Fence, StringComparison.Ordinal);
            var isCode = !isFence && (language is not null || (canBeCode && line.StartsWith("    ", StringComparison.Ordinal)));
            // Only an empty line, a fence or other code can precede a line of indented code. Elsewhere, such a line continues a list item.
            canBeCode = isFence || isCode || trimmed.Length == 0;
            prose.Append(isFence || isCode ? "" : line).Append('\n');
            if (isFence)
                language = language is null ? trimmed[Fence.Length..] : null;
            isShell = isCode && trimmed.Length > 0 && (isShell || language == "sh" || Program().IsMatch(trimmed));
            if (!isShell || trimmed.StartsWith('#'))
                continue;
            foreach (var command in Variants(Comment().Replace(trimmed, "")))
                yield return new DocumentedCommand($"{page}, line {number + 1}", command);
        }

        var rest = prose.ToString();
        foreach (Match match in Inline().Matches(rest))
        {
            var line = rest.AsSpan(0, match.Index).Count('\n') + 1;
            // A table writes \| for |.
            foreach (var command in Variants(match.Groups["text"].Value.Replace("\\|", "|", StringComparison.Ordinal)))
                yield return new DocumentedCommand($"{page}, line {line}", command);
        }
    }

    /// <summary>Returns the lines of the indented block that begins with this line.</summary>
    public static string Block(string page, string first) => string.Join(
        '\n', File.ReadLines(Path.Combine(Root, page)).SkipWhile(line => line.Trim() != first).TakeWhile(line => line.Trim().Length > 0));

    /// <summary>Returns the command with its source, as a failing test shows it.</summary>
    public override string ToString() => $"{Source}: {Text}";

    private static IEnumerable<string> Variants(string text)
    {
        var command = Spaces().Replace(text, " ").Trim();
        command = Started().Replace(command, match => match.Groups["program"].Value.ToLowerInvariant());
        command = Named().Replace(command, match => match.Groups["program"].Value.ToLowerInvariant());
        command = Alternatives().Replace(command, match => match.Value.Split('|')[^1]);
        return Optional().IsMatch(command) ? [Optional().Replace(command, ""), Optional().Replace(command, " ${inner}")] : [command];
    }

    // The first word of a command in code that is not marked as sh.
    [GeneratedRegex(
        @"^(?:…|\(?printf|apt|cat|curl|docker|dotnet|ffmpeg|lame|mpv|openssl|packaging/\S+|peer|playerctl|source(?= <)|ssh|sudo|systemctl|tests/\S+|tracker|tsp-peer|tsp-tracker|TspActors\.(?:Peer|Tracker)|wget|\./\S+|[A-Z_]+=\S+ \w+)(?: |$)")]
    private static partial Regex Program();

    // Programs in backticks, after a pipe or not. The lines in which they report that they are ready are not commands.
    [GeneratedRegex(@"`(?<text>(?:… \\?\| )?(?:peer|tracker|tsp-peer|tsp-tracker|TspActors\.(?:Peer|Tracker))\s(?!ready\b)[^`]+)`")]
    private static partial Regex Inline();

    [GeneratedRegex(@"^(?:dotnet run (?:\S+ )*?--project |… )src/(?<program>Peer|Tracker)(?: --)?(?= |$)")]
    private static partial Regex Started();

    [GeneratedRegex(@"(?<![\w./-])(?:tsp-|TspActors\.)(?<program>[Pp]eer|[Tt]racker)(?= )")]
    private static partial Regex Named();

    [GeneratedRegex(@"(?<= )[^\s|'""]+(?:\|[^\s|'""\]]+)+")]
    private static partial Regex Alternatives();

    [GeneratedRegex(@" \[(?<inner>(?:[^\[\]]|\[[^\[\]]*\])+)\]")]
    private static partial Regex Optional();

    [GeneratedRegex(@"\s+#\s.*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "TspActors.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("TspActors.sln was not found in any folder above the tests.");
        return folder.FullName;
    }
}
