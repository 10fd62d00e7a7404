using System.Text;
using TspActors.Protocol;

namespace TspActors.Peer.Mpris;

/// <summary>Makes text from other peers safe for the bus, which disconnects a program that sends it an invalid string.</summary>
internal static class MprisText
{
    private const int MaxLength = 500;

    /// <summary>Returns the text on one line, without NUL or unpaired surrogates, and short enough for a widget.</summary>
    public static string Clean(string text)
    {
        var cut = text.Length <= MaxLength ? text : text[..MaxLength];
        // Encoding replaces unpaired surrogates, including one that truncation may have left.
        return VisibleText.Clean(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(cut)));
    }
}
