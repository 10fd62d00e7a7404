using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>An element of a list that has an <see cref="EntryForm"/>: a single string, or a section of plain values.</summary>
/// <param name="Text">The string; empty for a section.</param>
/// <param name="Fields">The values of the section; null for a string.</param>
/// <param name="Origin">Where the element comes from.</param>
internal sealed record SettingEntry(string Text, IReadOnlyDictionary<string, string>? Fields, SettingOrigin Origin)
{
    /// <summary>Returns the element as HOCON, with the values of these fields hidden.</summary>
    public string ToHocon(IReadOnlyCollection<string> hidden)
    {
        if (Fields is null)
            return HoconText.Quote(Text);
        var fields = Fields.OrderBy(field => field.Key, StringComparer.Ordinal).Select(field =>
        {
            bool isHidden = field.Value.Length > 0 && hidden.Contains(field.Key);
            return $"{HoconText.Segment(field.Key)} = {HoconText.Quote(isHidden ? ConfigurationPrinter.Redacted : field.Value)}";
        });
        return Fields.Count == 0 ? "{}" : $"{{ {string.Join(", ", fields)} }}";
    }
}
