using TspActors.Protocol;

namespace TspActors.Tracker.Members;

/// <summary>Chooses the name of a new member.</summary>
internal static class MemberName
{
    private const string Guest = "guest";
    private const int FirstDigits = 4;

    /// <summary>
    /// Returns the name in the invitation. If another member already has it, digits of the key are appended: as many as it takes to make
    /// the name unique. If the invitation contains no name, the digits follow "guest".
    /// </summary>
    /// <param name="invited">The name in the invitation; empty = none.</param>
    /// <param name="key">The member's key.</param>
    /// <param name="taken">The names that are already taken.</param>
    public static string Choose(string invited, KeyId key, HashSet<string> taken)
    {
        if (invited.Length > 0 && !taken.Contains(invited))
            return invited;
        var digits = key.ToString();
        var longest = NamedKey.MaxNameLength - digits.Length - 1;
        var begin = invited.Length == 0 ? Guest : invited[..Math.Min(invited.Length, longest)];
        var count = FirstDigits;
        while (count < digits.Length && taken.Contains($"{begin}-{digits[..count]}"))
            count++;
        return $"{begin}-{digits[..count]}";
    }
}
