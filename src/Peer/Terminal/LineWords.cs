namespace TspActors.Peer.Terminal;

/// <summary>Finds words in a line, for the line editor's keys that move over words or cut them.</summary>
internal static class LineWords
{
    /// <summary>Returns where the word before the cursor starts; 0 if there is none.</summary>
    /// <param name="text">The line.</param>
    /// <param name="cursor">The cursor position.</param>
    /// <param name="spacesOnly">Whether only spaces separate words, so that "AC/DC" is one word.</param>
    public static int StartBefore(string text, int cursor, bool spacesOnly = false)
    {
        while (cursor > 0 && !IsInWord(text[cursor - 1], spacesOnly))
            cursor--;
        while (cursor > 0 && IsInWord(text[cursor - 1], spacesOnly))
            cursor--;
        return cursor;
    }

    /// <summary>Returns where the word after the cursor ends; the end of the line if there is none.</summary>
    public static int EndAfter(string text, int cursor)
    {
        while (cursor < text.Length && !IsInWord(text[cursor], spacesOnly: false))
            cursor++;
        while (cursor < text.Length && IsInWord(text[cursor], spacesOnly: false))
            cursor++;
        return cursor;
    }

    // A character outside the Basic Multilingual Plane counts as part of a word, so that it is never cut in half.
    private static bool IsInWord(char letter, bool spacesOnly) =>
        spacesOnly ? !char.IsWhiteSpace(letter) : char.IsLetterOrDigit(letter) || char.IsSurrogate(letter)
            || char.GetUnicodeCategory(letter) is System.Globalization.UnicodeCategory.NonSpacingMark;
}
