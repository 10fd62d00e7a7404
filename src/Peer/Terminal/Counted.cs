namespace TspActors.Peer.Terminal;

/// <summary>Formats counts with their nouns: "1 song", "2 songs".</summary>
internal static class Counted
{
    /// <summary>Returns the number and the noun, with an s unless the number is 1.</summary>
    public static string Text(long number, string noun) => number == 1 ? $"1 {noun}" : $"{number} {noun}s";
}
