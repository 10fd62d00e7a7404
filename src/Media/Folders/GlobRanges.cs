namespace TspActors.Media.Folders;

/// <summary>A character class in a glob: [abc], [a-z] or [!a].</summary>
internal sealed class GlobRanges
{
    private readonly List<(char First, char Last)> _ranges = [];
    private readonly bool _isNegated;

    private GlobRanges(bool isNegated) => _isNegated = isNegated;

    /// <summary>
    /// Reads the class that begins at <paramref name="at"/>, and moves <paramref name="at"/> to the closing bracket. Returns null if the
    /// bracket is never closed or a range is reversed. In that case, the opening bracket is an ordinary character.
    /// </summary>
    public static GlobRanges? TryRead(string glob, ref int at)
    {
        var first = at + 1;
        var isNegated = first < glob.Length && glob[first] is '!' or '^';
        if (isNegated)
            first++;
        var end = first < glob.Length ? glob.IndexOf(']', first + 1) : -1;
        if (end < 0)
            return null;
        var read = new GlobRanges(isNegated);
        for (var index = first; index < end; index++)
        {
            var isRange = index + 2 < end && glob[index + 1] == '-';
            var last = isRange ? glob[index + 2] : glob[index];
            if (last < glob[index])
                return null;
            read._ranges.Add((glob[index], last));
            index += isRange ? 2 : 0;
        }

        at = end;
        return read;
    }

    /// <summary>Returns true when the character is in the class.</summary>
    public bool Contains(char letter, bool ignoresCase) =>
        (Lists(letter) || ignoresCase && (Lists(char.ToUpperInvariant(letter)) || Lists(char.ToLowerInvariant(letter)))) != _isNegated;

    private bool Lists(char letter)
    {
        foreach (var (first, last) in _ranges)
        {
            if (letter >= first && letter <= last)
                return true;
        }

        return false;
    }
}
