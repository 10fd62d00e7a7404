using System.Text;
using TspActors.Media.Tags;

namespace TspActors.Gateway.Library;

/// <summary>A key for comparing names: case, width, and the kind of spaces, quotes and dashes do not matter; accents do.</summary>
internal static class TextKey
{
    /// <summary>The maximum length of a key. Longer names that agree up to this length are considered equal.</summary>
    public const int MaxLength = 512;

    private const string Apostrophes = "`\u00B4\u02B9\u02BB\u02BC\u02BD\u2018\u2019\u201B\u2032\uA78C";
    private const string Quotes = "\u201C\u201D\u201E\u201F\u2033";
    private const string Dashes = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212";

    /// <summary>Returns the key of a name.</summary>
    public static string Of(string name)
    {
        var key = new StringBuilder(Math.Min(name.Length, MaxLength));
        foreach (var letter in name)
        {
            if (key.Length >= MaxLength)
                break;
            Append(key, letter);
        }

        while (key.Length > 0 && key[^1] == ' ')
            key.Length--;
        return key.ToString();
    }

    private static void Append(StringBuilder key, char letter)
    {
        if (char.IsWhiteSpace(letter) || char.IsControl(letter))
        {
            if (key.Length > 0 && key[^1] != ' ')
                key.Append(' ');
            return;
        }

        if (key.Length > 0 && ComposedLetters.Compose(key[^1], letter) is { } composed)
        {
            key[^1] = char.ToLowerInvariant(composed);
            return;
        }

        key.Append(letter switch
        {
            // The full-width forms are the ASCII characters, shifted by a fixed offset.
            >= '\uFF01' and <= '\uFF5E' => char.ToLowerInvariant((char)(letter - 0xFF01 + '!')),
            _ when Apostrophes.Contains(letter, StringComparison.Ordinal) => '\'',
            _ when Quotes.Contains(letter, StringComparison.Ordinal) => '"',
            _ when Dashes.Contains(letter, StringComparison.Ordinal) => '-',
            _ => char.ToLowerInvariant(letter),
        });
    }
}
