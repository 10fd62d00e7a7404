namespace TspActors.Gateway.Library;

/// <summary>The rules for artist names.</summary>
internal static class ArtistNames
{
    public const string Unknown = "[Unknown Artist]";
    public const string NoAlbum = "[No album]";
    public const string Various = "Various Artists";

    /// <summary>The key of <see cref="Various"/>.</summary>
    public const string VariousKey = "various artists";

    private static readonly HashSet<string> VariousKeys = new(StringComparer.Ordinal)
    {
        "va", "v.a.", "v.a", "various", VariousKey, "diverse interpreten", "varios artistas", "artistes variés",
    };

    private static readonly string[] Tails = [" feat. ", " feat ", " ft. ", " ft ", " featuring ", "; ", " / "];

    /// <summary>Returns whether a key stands for various artists.</summary>
    public static bool IsVarious(string key) => VariousKeys.Contains(key);

    /// <summary>Returns the key without guest artists, such as "feat. B".</summary>
    public static string Primary(string key)
    {
        foreach (var tail in Tails)
        {
            if (key.IndexOf(tail, StringComparison.Ordinal) is > 0 and var at)
                key = key[..at];
        }

        return key;
    }
}
