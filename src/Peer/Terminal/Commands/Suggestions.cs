namespace TspActors.Peer.Terminal.Commands;

/// <summary>Texts that fit what is typed.</summary>
/// <param name="Texts">The candidates, in any order.</param>
/// <param name="End">What follows a candidate when it is the only one.</param>
internal sealed record Suggestions(IEnumerable<string> Texts, string End = "")
{
    /// <summary>The most that are shown.</summary>
    public const int Most = 12;

    /// <summary>Nothing fits.</summary>
    public static Suggestions None { get; } = new([]);

    /// <summary>Returns the words that begin with <paramref name="typed"/>, in any case.</summary>
    public static Suggestions FromWords(string typed, IEnumerable<string> words, string end = "") =>
        new(words.Where(word => word.StartsWith(typed, StringComparison.OrdinalIgnoreCase)), end);

    /// <summary>Returns the titles that begin with <paramref name="typed"/>; none before a letter is typed.</summary>
    public static Suggestions FromTitles(string typed, TitleSearch titles) => typed.Length == 0 ? None : new(titles(typed, Most + 1));
}
