using System.Text;
using System.Text.RegularExpressions;

namespace TspActors.Media.Folders;

/// <summary>Patterns that choose files and folders, one a line, as Git's .gitignore has them; the last that fits decides.</summary>
/// <remarks>
/// <c>*</c> and <c>?</c> stand for anything but a separator, <c>[a-z]</c> for one of these, <c>**</c> for any number of folders. A pattern with a slash at its
/// start or inside fits from the folder on that it belongs to, any other one at every depth; one with a slash at its end fits folders only; <c>!</c> before it
/// turns it round; <c>#</c> begins a comment. A line of more than 512 characters is passed over.
/// </remarks>
public sealed class IgnorePatterns
{
    private const int MaxLength = 512;

    private readonly Pattern[] _patterns;

    private IgnorePatterns(Pattern[] patterns) => _patterns = patterns;

    /// <summary>Patterns that say nothing about any file.</summary>
    public static IgnorePatterns None { get; } = new([]);

    /// <summary>True when there is no pattern.</summary>
    public bool IsEmpty => _patterns.Length == 0;

    /// <summary>Reads patterns; no text is wrong, one that makes no sense fits nothing.</summary>
    public static IgnorePatterns Parse(IEnumerable<string> lines)
    {
        var patterns = lines.Select(ParseLine).OfType<Pattern>().ToArray();
        return patterns.Length == 0 ? None : new IgnorePatterns(patterns);
    }

    /// <summary>What the patterns say: true = chosen, false = turned round by <c>!</c>, null = nothing.</summary>
    /// <param name="path">Relative to the folder that the patterns belong to, with slashes.</param>
    /// <param name="isFolder">Whether it is a folder.</param>
    public bool? Decide(ReadOnlySpan<char> path, bool isFolder)
    {
        for (var index = _patterns.Length - 1; index >= 0; index--)
        {
            var pattern = _patterns[index];
            if ((isFolder || !pattern.FoldersOnly) && pattern.Form.IsMatch(path))
                return !pattern.IsTurned;
        }

        return null;
    }

    /// <summary>True when the file, or one of the folders it lies in, is chosen.</summary>
    public bool ChooseFile(string path)
    {
        if (Decide(path, isFolder: false) is { } chosen)
            return chosen;
        for (var end = path.LastIndexOf('/'); end > 0; end = path.LastIndexOf('/', end - 1))
        {
            if (Decide(path.AsSpan(0, end), isFolder: true) is { } folderChosen)
                return folderChosen;
        }

        return false;
    }

    private static Pattern? ParseLine(string line)
    {
        var text = line.TrimEnd('\r', '\n');
        // As in Git, spaces at the end count only behind a backslash.
        while (text.EndsWith(' ') && !text.EndsWith("\\ ", StringComparison.Ordinal))
            text = text[..^1];
        // Far more than anybody writes, and far less than the matcher takes.
        if (text.Length is 0 or > MaxLength || text[0] == '#')
            return null;
        var isTurned = text[0] == '!';
        if (isTurned)
            text = text[1..];
        var foldersOnly = text.EndsWith('/');
        text = text.TrimEnd('/');
        if (text.Length == 0)
            return null;
        var isAnchored = text.Contains('/', StringComparison.Ordinal);
        var form = "^" + (isAnchored ? "" : "(?:.*/)?") + Translate(text.TrimStart('/')) + "$";
        // Without backtracking no pattern takes longer than the path is long.
        var options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline
            | (RealPath.Comparison == StringComparison.OrdinalIgnoreCase ? RegexOptions.IgnoreCase : RegexOptions.None);
        return new Pattern(new Regex(form, options), isTurned, foldersOnly);
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
                case '[' when TryTranslateSet(glob, ref at, form):
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

    /// <summary>[abc], [a-z], [!a]; where it is never closed, the bracket is a character like any other.</summary>
    private static bool TryTranslateSet(string glob, ref int at, StringBuilder form)
    {
        var first = at + 1;
        var isTurned = first < glob.Length && glob[first] is '!' or '^';
        if (isTurned)
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

        form.Append(isTurned ? "[^/" : "[").Append(members).Append(']');
        at = end;
        return true;
    }

    private sealed record Pattern(Regex Form, bool IsTurned, bool FoldersOnly);
}
