namespace TspActors.Fuzz.Oracles;

/// <summary>The patterns of a .tspignore file, matched one by one with <see cref="PlainGlob"/>.</summary>
internal sealed class PlainIgnore
{
    private const int LongestLine = 512;

    private readonly List<Pattern> _patterns = [];

    /// <summary>Reads the lines of a file.</summary>
    public PlainIgnore(IEnumerable<string> lines)
    {
        foreach (var line in lines)
            Add(line.TrimEnd('\r', '\n'));
    }

    /// <summary>The number of patterns.</summary>
    public int Count => _patterns.Count;

    /// <summary>The number of lines that are ignored because they are too long.</summary>
    public int IgnoredLines { get; private set; }

    /// <summary>Returns true if the last matching pattern selects the path, false if it is negated, null if none matches.</summary>
    public bool? Match(string path, bool isFolder) => _patterns
        .LastOrDefault(pattern => (isFolder || !pattern.FoldersOnly) && PlainGlob.IsMatch(pattern.Glob, pattern.IsAnchored, path)) switch
    {
        null => null,
        var last => !last.IsNegated,
    };

    /// <summary>
    /// Returns true if the patterns select the file or, if none matches the file, the innermost of its folders that any pattern matches.
    /// </summary>
    public bool SelectsFile(string path)
    {
        var verdict = Match(path, isFolder: false);
        for (var end = path.Length; verdict is null && end > 0 && (end = path.LastIndexOf('/', end - 1)) > 0;)
            verdict = Match(path[..end], isFolder: true);
        return verdict == true;
    }

    private void Add(string line)
    {
        // Trailing spaces are ignored, except one after a backslash.
        var text = line.TrimEnd(' ');
        if (text.EndsWith('\\') && text.Length < line.Length)
            text += ' ';
        if (text.Length == 0 || text[0] == '#')
            return;
        if (text.Length > LongestLine)
        {
            IgnoredLines++;
            return;
        }

        var isNegated = text[0] == '!';
        var body = isNegated ? text[1..] : text;
        var foldersOnly = body.EndsWith('/');
        body = body.TrimEnd('/');
        if (body.Length > 0)
            _patterns.Add(new Pattern(body.TrimStart('/'), body.Contains('/', StringComparison.Ordinal), isNegated, foldersOnly));
    }

    private sealed record Pattern(string Glob, bool IsAnchored, bool IsNegated, bool FoldersOnly);
}
