using TspActors.Media.Tags;

namespace TspActors.Media.Folders;

/// <summary>
/// Patterns that select files and folders, one per line, in the syntax of Git's .gitignore. The last matching pattern wins.
/// </summary>
/// <remarks>
/// <c>*</c> matches any number of characters except a slash, <c>?</c> matches one character except a slash, <c>[a-z]</c> matches one
/// character in the range, and <c>**</c> matches any number of folders. A pattern with a slash at its start or in its middle is matched
/// relative to its folder; any other pattern matches at every depth. A pattern with a slash at its end matches only folders. A leading
/// <c>!</c> negates the pattern; <c>#</c> starts a comment. Lines of more than 512 characters are ignored. An accent matches whether it is
/// part of its letter or a separate character, as in file names from a Mac.
/// </remarks>
public sealed class IgnorePatterns
{
    /// <summary>The maximum length of a line, in characters. Longer lines are ignored.</summary>
    public const int LongestLine = 512;

    // Neither this character nor any before it is a combining mark.
    private const char LastWithoutMarks = '\u02FF';

    private readonly Pattern[] _patterns;

    private IgnorePatterns(Pattern[] patterns, int ignoredLines) => (_patterns, IgnoredLines) = (patterns, ignoredLines);

    /// <summary>An empty set of patterns, which matches nothing.</summary>
    public static IgnorePatterns None { get; } = new([], 0);

    /// <summary>True when there is no pattern.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>The number of patterns.</summary>
    public int Count => _patterns.Length;

    /// <summary>The total length of all patterns, in characters.</summary>
    public long Length => _patterns.Sum(pattern => (long)pattern.Length);

    /// <summary>The number of lines that are ignored because they are longer than <see cref="LongestLine"/> characters.</summary>
    public int IgnoredLines { get; }

    /// <summary>Parses patterns, one per line. Any text is accepted; a meaningless pattern matches nothing.</summary>
    /// <param name="lines">The lines.</param>
    /// <param name="most">The number of patterns after which parsing stops.</param>
    public static IgnorePatterns Parse(IEnumerable<string> lines, int most = int.MaxValue)
    {
        var patterns = new List<Pattern>();
        var ignoredLines = 0;
        foreach (var line in lines)
        {
            if (ParseLine(line, ref ignoredLines) is { } pattern)
                patterns.Add(pattern);
            if (patterns.Count == most)
                break;
        }

        return patterns.Count == 0 && ignoredLines == 0 ? None : new IgnorePatterns([.. patterns], ignoredLines);
    }

    /// <summary>Matches a path: true when a pattern selects it, false when a negated pattern does, null when none matches.</summary>
    /// <param name="path">The path relative to the folder that the patterns belong to, with slashes as separators.</param>
    /// <param name="isFolder">True when the path is a folder.</param>
    public bool? Match(ReadOnlySpan<char> path, bool isFolder)
    {
        if (_patterns.Length > 0 && path.ContainsAnyExceptInRange('\0', LastWithoutMarks))
            path = ComposedLetters.Compose(path);
        for (var index = _patterns.Length - 1; index >= 0; index--)
        {
            var pattern = _patterns[index];
            if ((isFolder || !pattern.FoldersOnly) && pattern.Glob.IsMatch(path))
                return !pattern.IsNegated;
        }

        return null;
    }

    /// <summary>
    /// Returns true when the file is selected. If no pattern matches the file itself, the nearest parent folder that matches a pattern
    /// decides.
    /// </summary>
    public bool SelectsFile(string path)
    {
        if (Match(path, isFolder: false) is { } selected)
            return selected;
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Match(path.AsSpan(0, end), isFolder: true) is { } folderSelected)
                return folderSelected;
        }

        return false;
    }

    private static Pattern? ParseLine(string line, ref int ignoredLines)
    {
        var text = line.TrimEnd('\r', '\n');
        // As in Git, trailing spaces count only after a backslash.
        var end = text.AsSpan().TrimEnd(' ').Length;
        text = text[..(end < text.Length && end > 0 && text[end - 1] == '\\' ? end + 1 : end)];
        if (text.Length == 0 || text[0] == '#')
            return null;
        if (text.Length > LongestLine)
        {
            ignoredLines++;
            return null;
        }

        text = ComposedLetters.Compose(text);
        var isNegated = text[0] == '!';
        if (isNegated)
            text = text[1..];
        var foldersOnly = text.EndsWith('/');
        text = text.TrimEnd('/');
        if (text.Length == 0)
            return null;
        var isAnchored = text.Contains('/', StringComparison.Ordinal);
        var ignoresCase = RealPath.Comparison == StringComparison.OrdinalIgnoreCase;
        return new Pattern(new GlobPattern(text.TrimStart('/'), isAnchored, ignoresCase), text.Length, isNegated, foldersOnly);
    }

    private sealed record Pattern(GlobPattern Glob, int Length, bool IsNegated, bool FoldersOnly);
}
