namespace TspActors.Configuration;

/// <summary>Finds the key that the user most likely meant: the one with the fewest wrong, missing, extra or swapped characters.</summary>
public static class NearestKey
{
    private const int MaxComparedLength = 200;

    /// <summary>Returns the nearest of the known keys. If several are equally near, returns the first in alphabetical order.</summary>
    /// <param name="key">The unknown key.</param>
    /// <param name="known">The known keys; at least one.</param>
    public static string Find(string key, IEnumerable<string> known) =>
        known.Order(StringComparer.Ordinal).MinBy(candidate => Distance(Shorten(key), Shorten(candidate)))!;

    /// <summary>Returns the optimal string alignment distance between two strings.</summary>
    public static int Distance(ReadOnlySpan<char> a, ReadOnlySpan<char> b)
    {
        var beforePrevious = new int[b.Length + 1];
        var previous = new int[b.Length + 1];
        var current = new int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
            previous[j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            current[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int substitute = previous[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                current[j] = Math.Min(substitute, Math.Min(previous[j], current[j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    current[j] = Math.Min(current[j], beforePrevious[j - 2] + 1);
            }

            (beforePrevious, previous, current) = (previous, current, beforePrevious);
        }

        return previous[b.Length];
    }

    private static ReadOnlySpan<char> Shorten(string key) => key.AsSpan(0, Math.Min(key.Length, MaxComparedLength));
}
