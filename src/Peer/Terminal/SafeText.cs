namespace TspActors.Peer.Terminal;

/// <summary>Text of a remote end made fit for a terminal and for one line: nothing in it can move the cursor or change colours.</summary>
internal static class SafeText
{
    public static string Of(string text) =>
        text.Any(IsUnsafe) ? string.Concat(text.Select(letter => IsUnsafe(letter) ? ' ' : letter)) : text;

    private static bool IsUnsafe(char letter) =>
        char.IsControl(letter) || letter is '\u2028' or '\u2029' or (>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069');
}
