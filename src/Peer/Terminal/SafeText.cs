namespace TspActors.Peer.Terminal;

/// <summary>Makes foreign text safe for one line of a terminal: nothing in it can move the cursor or change colours.</summary>
internal static class SafeText
{
    /// <summary>Returns the text with spaces in place of control characters and marks that change the direction of text.</summary>
    public static string Clean(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(letter => IsUnsafe(letter) ? ' ' : letter)) : text;

    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
