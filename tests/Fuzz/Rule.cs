using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using TspActors.Protocol;

namespace TspActors.Fuzz;

/// <summary>Checks what must hold for every input.</summary>
internal static class Rule
{
    /// <summary>Throws unless the condition is true.</summary>
    /// <exception cref="BrokenRuleException">The condition is false.</exception>
    public static void Holds([DoesNotReturnIf(false)] bool condition, string otherwise)
    {
        if (!condition)
            throw new BrokenRuleException(otherwise);
    }

    /// <summary>Throws unless a message for people is one line of bounded length, without control or format characters.</summary>
    public static void IsLine(string text, int maxLength)
    {
        Holds(text.Length > 0 && text.Length <= maxLength, "a message is empty or too long");
        for (var at = 0; at < text.Length; at++)
        {
            Holds(
                CharUnicodeInfo.GetUnicodeCategory(text, at) is not (UnicodeCategory.Control or UnicodeCategory.Format
                    or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator),
                "a message is not one line of visible characters");
        }
    }

    /// <summary>Throws if a text contains invisible characters or is not valid Unicode.</summary>
    public static void IsVisible(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            Holds(Rune.TryGetRuneAt(text, at, out var rune), "a text contains half of a surrogate pair");
            Holds(!VisibleText.IsInvisible(rune), "a text contains an invisible character");
            at += rune.Utf16SequenceLength;
        }
    }
}
