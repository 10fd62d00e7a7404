using System.Text;
using System.Text.RegularExpressions;

namespace TspActors.Media.Folders;

/// <summary>
/// Patterns that select files and folders, one per line, in the syntax of Git's .gitignore. The last pattern that matches decides.
/// </summary>
/// <remarks>
/// <c>*</c> and <c>?</c> match anything but a separator, <c>[a-z]</c> matches one of these characters, <c>**</c> any number of folders. A
/// pattern with a slash at its start or inside matches relative to the folder that it belongs to; any other pattern matches at every depth.
/// A slash at the end matches folders only. A leading <c>!</c> negates the pattern; <c>#</c> starts a comment. Lines of more than 512
/// characters are ignored.
/// </remarks>
public sealed class IgnorePatterns
{
    private const int MaxLength = 512;

    private readonly Pattern[] _patterns;

    private IgnorePatterns(Pattern[] patterns) => _patterns = patterns;

    /// <summary>An empty set of patterns, which matches nothing.</summary>
    public static IgnorePatterns None { get; } = new([]);

    /// <summary>True when there is no pattern.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Parses patterns, one per line. It accepts any text; a meaningless pattern matches nothing.</summary>
    public static IgnorePatterns Parse(IEnumerable<string> lines)
    {
        var patterns = lines.Select(ParseLine).OfType<Pattern>().ToArray();
        return patterns.Length == 0 ? None : new IgnorePatterns(patterns);
    }

    /// <summary>Matches a path: true when a pattern selects it, false when a negated pattern does, null when none matches.</summary>
    /// <param name="path">Path relative to the folder that the patterns belong to, with slashes.</param>
    /// <param name="isFolder">True when the path is a folder.</param>
    public bool? Match(ReadOnlySpan<char> path, bool isFolder)
    {
        for (var index = _patterns.Length - 1; index >= 0; index--)
        {
            var pattern = _patterns[index];
            if ((isFolder || !pattern.FoldersOnly) && pattern.Expression.IsMatch(path))
                return !pattern.IsNegated;
        }

        return null;
    }

    /// <summary>Returns true when the file, or one of the folders that contain it, is selected.</summary>
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

    private static Pattern? ParseLine(string line)
    {
        var text = line.TrimEnd('\r', '\n');
        // As in Git, trailing spaces count only after a backslash.
        while (text.EndsWith(' ') && !text.EndsWith("\\ ", StringComparison.Ordinal))
            text = text[..^1];
        // Far more than anyone writes by hand, and far less than the matcher can handle.
        if (text.Length is 0 or > MaxLength || text[0] == '#')
            return null;
        var isNegated = text[0] == '!';
        if (isNegated)
            text = text[1..];
        var foldersOnly = text.EndsWith('/');
        text = text.TrimEnd('/');
        if (text.Length == 0)
            return null;
        var isAnchored = text.Contains('/', StringComparison.Ordinal);
        var form = "^" + (isAnchored ? "" : "(?:.*/)?") + Translate(text.TrimStart('/')) + "$";
        // Without backtracking, matching takes time linear in the length of the path.
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline
            | (RealPath.Comparison == StringComparison.OrdinalIgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        return new Pattern(new Regex(form, options), isNegated, foldersOnly);
    }

    private static string Translate(string glob)
    {
        var form = new StringBuilder();
        for (var at = 0; at < glob.Length; at++)
        {
            switch (glob[at])
            {
                case '*' when glob.AsSpan(at).StartsWith("**/") && (at == 0 || glob[at - 1] == '/'):
                    form.Append("(?:.*/)?");
                    at += 2;
                    break;
                case '*' when at > 0 && glob[at - 1] == '/' && glob.AsSpan(at) is "**":
                    form.Append(".+");
                    at++;
                    break;
                case '*':
                    form.Append("[^/]*");
                    break;
                case '?':
                    form.Append("[^/]");
                    break;
                case '[' when TryTranslateClass(glob, ref at, form):
                    break;
                case '\\' when at + 1 < glob.Length:
                    form.Append(Regex.Escape(glob[++at].ToString()));
                    break;
                default:
                    form.Append(Regex.Escape(glob[at].ToString()));
                    break;
            }
        }

        return form.ToString();
    }

    /// <summary>Translates a character class: [abc], [a-z] or [!a]. A bracket that is never closed is an ordinary character.</summary>
    private static bool TryTranslateClass(string glob, ref int at, StringBuilder form)
    {
        var first = at + 1;
        var isNegated = first < glob.Length && glob[first] is '!' or '^';
        if (isNegated)
            first++;
        var end = first < glob.Length ? glob.IndexOf(']', first + 1) : -1;
        if (end < 0)
            return false;
        var members = new StringBuilder();
        for (var index = first; index < end; index++)
        {
            var isRange = index + 2 < end && glob[index + 1] == '-';
            var last = isRange ? glob[index + 2] : glob[index];
            if (last < glob[index])
                return false;
            members.Append(FormattableString.Invariant($"\\u{(int)glob[index]:X4}-\\u{(int)last:X4}"));
            index += isRange ? 2 : 0;
        }

        form.Append(isNegated ? "[^/" : "[").Append(members).Append(']');
        at = end;
        return true;
    }

    private sealed record Pattern(Regex Expression, bool IsNegated, bool FoldersOnly);
}
