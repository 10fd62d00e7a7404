using System.Globalization;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Tracker.Catalog;

/// <summary>The words of a song that a query is looked for in: lower case, without accents, each with a space before it.</summary>
internal readonly struct SearchText
{
    /// <summary>Words of a query after which the rest is ignored.</summary>
    private const int MaxQueryWords = 16;

    private readonly string _title;
    private readonly string _all;

    private SearchText(string title, string all)
    {
        _title = title;
        _all = all;
    }

    public static SearchText Of(SongTags tags)
    {
        var title = Fold(tags.Title);
        return new SearchText(title, title + Fold(tags.Artist) + Fold(tags.Album));
    }

    /// <summary>The words of a query, each with a space before it, so that it is found at the start of a word only.</summary>
    public static string[] Words(string query) =>
        Fold(query.Length > 1024 ? query[..1024] : query)
            .Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Distinct()
            .Take(MaxQueryWords)
            .Select(word => " " + word)
            .ToArray();

    /// <summary>How well the song fits: 0 is the exact title, more is worse, -1 is not at all.</summary>
    public int Rank(string[] words)
    {
        foreach (var word in words)
        {
            if (!_all.Contains(word, StringComparison.Ordinal))
                return -1;
        }

        var query = string.Concat(words);
        if (_title == query)
            return 0;
        if (_title.StartsWith(query, StringComparison.Ordinal))
            return 1;
        var title = _title;
        return words.All(word => title.Contains(word, StringComparison.Ordinal)) ? 2 : 3;
    }

    private static string Fold(string text)
    {
        var folded = new StringBuilder(text.Length + 1);
        var inWord = false;
        foreach (var rune in Decompose(text).EnumerateRunes())
        {
            var category = Rune.GetUnicodeCategory(rune);
            if (category is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark)
                continue;
            if (!Rune.IsLetterOrDigit(rune) && category is not (UnicodeCategory.SpacingCombiningMark or UnicodeCategory.OtherSymbol or UnicodeCategory.MathSymbol))
            {
                // An apostrophe does not end a word: "don't" is found by "dont" and "don't" alike.
                inWord &= rune.Value is '\'' or '’';
                continue;
            }

            if (!inWord)
                folded.Append(' ');
            inWord = true;
            folded.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        return folded.ToString();
    }

    private static string Decompose(string text)
    {
        if (Ascii.IsValid(text))
            return text;
        try
        {
            return text.Normalize(NormalizationForm.FormKD);
        }
        catch (ArgumentException)
        {
            // Lone surrogates cannot be decomposed; such text is searched as it is.
            return text;
        }
    }
}
