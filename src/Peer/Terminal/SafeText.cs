using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Terminal;

/// <summary>Makes untrusted text safe for one line of a terminal, so that it cannot move the cursor, change colours or hide text.</summary>
internal static class SafeText
{
    /// <summary>
    /// Returns the text with spaces in place of control characters, marks that change the text direction, and invisible characters.
    /// </summary>
    public static string Clean(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var safe = new StringBuilder(text.Length);
        for (var at = 0; at < text.Length;)
        {
            // A terminal shows an unpaired surrogate as a replacement character.
            Rune.DecodeFromUtf16(text.AsSpan(at), out var rune, out var length);
            if (VisibleText.IsInvisible(rune))
                safe.Append(' ', length);
            else
                safe.Append(text, at, length);
            at += length;
        }

        return safe.ToString();
    }
}
