namespace TspActors.Configuration;

/// <summary>
/// The format of a list whose elements may be sections, such as <c>[{ name = "a", source = "b" }, "c=d"]</c>. The first field names the
/// element; an element that is written as a single string has the form <c>NAME=…</c>.
/// </summary>
/// <param name="Key">The key of the list.</param>
/// <param name="Fields">The keys that a section may have. The first is the element's name.</param>
/// <param name="SecretFields">The fields whose values must never be shown.</param>
public sealed record EntryForm(string Key, IReadOnlyList<string> Fields, IReadOnlyCollection<string> SecretFields)
{
    /// <summary>Returns the name of an element; an empty string if it has none.</summary>
    internal string NameOf(SettingEntry entry) =>
        entry.Fields is { } fields ? fields.GetValueOrDefault(Fields[0], "").Trim() : entry.Text.Split('=', 2)[0].Trim();
}
