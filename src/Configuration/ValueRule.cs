using System.Globalization;

namespace TspActors.Configuration;

/// <summary>The rule for writing one kind of value: in words for messages, and as a parser.</summary>
internal sealed record ValueRule<T>(string Words, SettingParser<T> Parser);

/// <summary>The rules for values that occur both as settings and in the elements of lists.</summary>
internal static class ValueRule
{
    /// <summary>A switch.</summary>
    public static ValueRule<bool> Bool { get; } = new("on or off", (string text, out bool value) =>
    {
        value = text is "on" or "true" or "yes";
        return value || text is "off" or "false" or "no";
    });

    /// <summary>A whole number.</summary>
    public static ValueRule<int> Int(int min, int max) => new(
        $"a whole number from {min} to {max}",
        (string text, out int value) => TryParseInt(text, out value) && value >= min && value <= max);

    /// <summary>A duration.</summary>
    public static ValueRule<TimeSpan> Duration(TimeSpan min, TimeSpan max) => new(
        $"a duration from {Units.Format(min)} to {Units.Format(max)}, with a unit, such as 250ms, 10s, 2m or 1h",
        (string text, out TimeSpan value) => Units.TryParseDuration(text, out value) && value >= min && value <= max);

    /// <summary>A single line of text.</summary>
    public static ValueRule<string> Text(int maxLength, int minLength) => new(
        minLength > 0 ? $"one line of {minLength} to {maxLength} characters" : $"one line of at most {maxLength} characters",
        (string text, out string value) => IsText(value = text, maxLength, minLength));

    /// <summary>A secret: empty, or a single line of text other than the placeholder that is printed for secrets.</summary>
    public static ValueRule<string> Secret(int maxLength, int minLength) => new(
        $"{Text(maxLength, minLength).Words} other than the asterisks that --print-config shows",
        (string text, out string value) =>
            IsText(value = text, maxLength, text.Length == 0 ? 0 : minLength) && text != ConfigurationPrinter.Redacted);

    /// <summary>Parses a whole number.</summary>
    public static bool TryParseInt(string text, out int value) =>
        int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);

    private static bool IsText(string text, int maxLength, int minLength) =>
        text.Length <= maxLength && text.Length >= minLength && !text.Any(char.IsControl);
}
