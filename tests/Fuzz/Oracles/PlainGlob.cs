namespace TspActors.Fuzz.Oracles;

/// <summary>
/// A slow and simple glob matcher that shares no code with the program's. It applies the tokens one by one to every prefix of the path.
/// </summary>
internal static class PlainGlob
{
    /// <summary>Returns true when the glob matches the whole path.</summary>
    /// <param name="glob">The glob without leading and trailing slashes.</param>
    /// <param name="isAnchored">False if the glob matches at any depth.</param>
    /// <param name="path">The path.</param>
    public static bool IsMatch(string glob, bool isAnchored, string path)
    {
        // True at each index where a match of the tokens so far can end.
        var ends = new bool[path.Length + 1];
        ends[0] = true;
        if (!isAnchored)
            ends = AnyFolders(ends, path);
        for (var at = 0; at < glob.Length;)
            ends = Next(glob, ref at, ends, path);
        return ends[^1];
    }

    private static bool[] Next(string glob, ref int at, bool[] ends, string path)
    {
        var rest = glob.AsSpan(at);
        var beginsName = at == 0 || glob[at - 1] == '/';
        if (rest.StartsWith("**/") && beginsName)
        {
            at += 3;
            return AnyFolders(ends, path);
        }

        if (rest is "**" && at > 0 && beginsName)
        {
            at += 2;
            return Anything(ends);
        }

        var first = glob[at++];
        if (first == '*')
            return AnyInName(ends, path);
        if (first == '?')
            return One(ends, path, letter => letter != '/');
        if (first == '[' && Class(glob, ref at) is { } contains)
            return One(ends, path, letter => letter != '/' && contains(letter));
        if (first == '\\' && at < glob.Length)
            first = glob[at++];
        return One(ends, path, letter => letter == first);
    }

    private static bool[] One(bool[] ends, string path, Predicate<char> fits)
    {
        var next = new bool[ends.Length];
        for (var end = 1; end < ends.Length; end++)
            next[end] = ends[end - 1] && fits(path[end - 1]);
        return next;
    }

    private static bool[] AnyInName(bool[] ends, string path)
    {
        var next = (bool[])ends.Clone();
        for (var end = 1; end < ends.Length; end++)
            next[end] |= next[end - 1] && path[end - 1] != '/';
        return next;
    }

    // Matches nothing, or anything up to and including a slash.
    private static bool[] AnyFolders(bool[] ends, string path)
    {
        var next = Anything(ends);
        for (var end = 0; end < ends.Length; end++)
            next[end] = ends[end] || next[end] && path[end - 1] == '/';
        return next;
    }

    // Matches at least one character.
    private static bool[] Anything(bool[] ends)
    {
        var next = new bool[ends.Length];
        for (var end = 1; end < ends.Length; end++)
            next[end] = next[end - 1] || ends[end - 1];
        return next;
    }

    // Reads [abc], [a-z] or [!a], beginning after the opening bracket. Returns null, and leaves the position unchanged, if the bracket is
    // an ordinary character.
    private static Predicate<char>? Class(string glob, ref int at)
    {
        var first = at;
        var isNegated = first < glob.Length && glob[first] is '!' or '^';
        if (isNegated)
            first++;
        var close = first < glob.Length ? glob.IndexOf(']', first + 1) : -1;
        if (close < 0)
            return null;
        var ranges = new List<(char From, char To)>();
        for (var index = first; index < close;)
        {
            var isRange = index + 2 < close && glob[index + 1] == '-';
            ranges.Add((glob[index], glob[isRange ? index + 2 : index]));
            index += isRange ? 3 : 1;
        }

        if (ranges.Any(range => range.From > range.To))
            return null;
        at = close + 1;
        return letter => ranges.Any(range => letter >= range.From && letter <= range.To) != isNegated;
    }
}
