namespace TspActors.Peer.Terminal;

/// <summary>Makes untrusted text safe to print on one terminal line: it cannot move the cursor or change colours.</summary>
internal static class SafeText
{
    /// <summary>Returns the text with control characters and direction marks replaced by spaces.</summary>
    public static string Clean(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(letter => IsUnsafe(letter) ? ' ' : letter)) : text;

    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
