namespace TspActors.Peer.Terminal.Commands;

/// <summary>Suggestions for completing the typed text.</summary>
/// <param name="Texts">The candidates, in any order.</param>
/// <param name="End">The text to add after a candidate if it is the only one.</param>
internal sealed record Suggestions(IEnumerable<string> Texts, string End = "")
{
    /// <summary>The maximum number of suggestions shown.</summary>
    public const int Most = 12;

    /// <summary>No suggestions.</summary>
    public static Suggestions None { get; } = new([]);

    /// <summary>Returns the words that begin with <paramref name="typed"/>, ignoring case.</summary>
    public static Suggestions FromWords(string typed, IEnumerable<string> words, string end = "") =>
        new(words.Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)), end);

    /// <summary>Returns the titles that begin with <paramref name="typed"/>; none if nothing is typed yet.</summary>
    public static Suggestions FromTitles(string typed, TitleSearch titles) => typed.Length == 0 ? None : new(titles(typed, Most + 1));
}
