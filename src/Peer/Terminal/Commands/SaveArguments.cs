using System.Globalization;

namespace TspActors.Peer.Terminal.Commands;

/// <summary>The argument of the save command: songs, followed by the folder or the pattern for the file names.</summary>
/// <param name="What">The ids or the search words.</param>
/// <param name="Target">The folder, the pattern, or a folder followed by a pattern; empty = the defaults.</param>
internal sealed record SaveArguments(string What, string Target)
{
    /// <summary>
    /// Parses the argument. After ids, everything else is the target. After search words, the target begins with the first word that can
    /// only be a path (such as "~/Music" or "{album}/{title}"), or is the last word if that is a folder. Quotation marks may surround the
    /// target. In a search, they make a phrase count as a single word.
    /// </summary>
    public static SaveArguments Parse(string argument)
    {
        var words = Words(argument);
        var ids = words.TakeWhile(word => IsId(word.Text)).Count();
        // A folder's name may also be a number.
        for (var count = 1; count <= ids; count++)
        {
            var rest = argument[words[count - 1].End..].Trim();
            if (count == ids
                ? rest.Length == 0 || IsCertainAt(words, count)
                    || IsCertain(UserPath.Unquote(rest), isLast: true) || Directory.Exists(UserPath.Unquote(rest))
                : Directory.Exists(rest))
                return new SaveArguments(string.Join(' ', words.Take(count).Select(word => word.Text)), UserPath.Unquote(rest));
        }

        var target = Enumerable.Range(1, words.Count - 1).FirstOrDefault(at => IsCertainAt(words, at));
        if (target == 0 && words.Count > 1 && IsFolder(UserPath.Unquote(words[^1].Text)))
            target = words.Count - 1;
        return target > 0
            ? new SaveArguments(argument[..words[target].Start].Trim(), UserPath.Unquote(argument[words[target].Start..].Trim()))
            : new SaveArguments(argument, "");
    }

    /// <summary>Splits a target into the folder and the pattern, which begins with the first name that has a field.</summary>
    /// <returns>The folder and the pattern, each empty if it is not given.</returns>
    public static (string Folder, string Pattern) SplitPattern(string target)
    {
        var field = target.IndexOf('{', StringComparison.Ordinal);
        if (field < 0)
            return (target, "");
        var start = target.LastIndexOf('/', field) + 1;
        // "/" itself is a folder.
        return (start == 1 ? "/" : target[..start].TrimEnd('/'), target[start..]);
    }

    /// <summary>Returns whether a word looks like a path. It may still be a name, such as "AC/DC".</summary>
    public static bool LooksLikePath(string word) =>
        word.Contains('/', StringComparison.Ordinal) || IsCertain(word, isLast: true);

    /// <summary>Returns whether the last word of an argument can only be a path, or contains a slash and is an existing folder.</summary>
    public static bool IsFolder(string word) => IsCertain(word, isLast: true) || (LooksLikePath(word) && Directory.Exists(word));

    private static bool IsCertainAt(List<Word> words, int at) => IsCertain(UserPath.Unquote(words[at].Text), isLast: at == words.Count - 1);

    // "AC/DC", "Intro / Outro", "Sun ~ Moon" and "18 /2" are names. An absolute path begins with a folder that exists in the root folder.
    private static bool IsCertain(string word, bool isLast) =>
        word is "." or ".." or "~" or "/" ? isLast
            : word.StartsWith("~/", StringComparison.Ordinal) || word.StartsWith("./", StringComparison.Ordinal)
                || word.StartsWith("../", StringComparison.Ordinal) || word.Contains('{', StringComparison.Ordinal)
                || (word.StartsWith('/') && Directory.Exists($"/{word.Split('/')[1]}") && word[1] != '/')
                || (OperatingSystem.IsWindows() && IsCertainOnWindows(word));

    // "C:\Music" and "\\nas\music", but not "Re:Stacks".
    private static bool IsCertainOnWindows(string word) =>
        word.Contains('\\', StringComparison.Ordinal) || (word.Length > 1 && char.IsAsciiLetter(word[0]) && word[1] == ':');

    private static bool IsId(string word) => int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out _);

    private static List<Word> Words(string text)
    {
        var words = new List<Word>();
        var start = -1;
        var isQuoted = false;
        for (var at = 0; at <= text.Length; at++)
        {
            var isSpace = at == text.Length || (text[at] == ' ' && !isQuoted);
            if (!isSpace && text[at] == '"')
                isQuoted = !isQuoted && text.IndexOf('"', at + 1) > 0;
            if (isSpace && start >= 0)
                words.Add(new Word(text[start..at], start, at));
            start = isSpace ? -1 : start < 0 ? at : start;
        }

        return words;
    }

    private sealed record Word(string Text, int Start, int End);
}
