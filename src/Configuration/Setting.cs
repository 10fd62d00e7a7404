using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>The shape of a value before it is parsed as a number, a duration or another type.</summary>
internal enum SettingShape
{
    /// <summary>One value.</summary>
    Text,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>An empty section.</summary>
    EmptySection,

    /// <summary>A list with at least one section of plain values.</summary>
    Entries,

    /// <summary>A list of lists, or of sections that contain more than plain values. No setting accepts such a list.</summary>
    NestedList,
}

/// <summary>The value of a key as it was written, and its origin.</summary>
internal sealed record Setting(SettingShape Shape, string Text, IReadOnlyList<string> Items, SettingOrigin Origin)
{
    public static Setting One(string text, SettingOrigin origin) => new(SettingShape.Text, text, [], origin);

    public static Setting List(IReadOnlyList<string> items, SettingOrigin origin) => new(SettingShape.List, "", items, origin);

    public static Setting OfEntries(IReadOnlyList<SettingEntry> entries, SettingOrigin origin) =>
        new(SettingShape.Entries, "", [], origin) { _entries = entries };

    private IReadOnlyList<SettingEntry>? _entries;

    /// <summary>The elements of a list, whether its shape is <see cref="SettingShape.List"/> or
    /// <see cref="SettingShape.Entries"/>.</summary>
    public IReadOnlyList<SettingEntry> Entries => _entries ?? [.. Items.Select(item => new SettingEntry(item, null, Origin))];

    /// <summary>Whether the elements of this list are added to the list from lower layers, rather than replacing it.</summary>
    public bool Adds { get; init; }

    /// <summary>Returns this list with another list's elements added. An added element replaces an element with the same name.</summary>
    public Setting With(Setting added, EntryForm form)
    {
        var names = added.Entries.Select(form.NameOf).ToHashSet(StringComparer.Ordinal);
        return OfEntries([.. Entries.Where(entry => !names.Contains(form.NameOf(entry))), .. added.Entries], added.Origin);
    }

    /// <summary>Returns the value as HOCON.</summary>
    public string ToHocon() => ToHocon([]);

    /// <summary>Returns the value as HOCON, and hides the values of the given fields in its elements.</summary>
    public string ToHocon(IReadOnlyCollection<string> hiddenFields) => Shape switch
    {
        SettingShape.List => HoconText.List(Items),
        SettingShape.Entries => $"[{string.Join(", ", Entries.Select(entry => entry.ToHocon(hiddenFields)))}]",
        _ => HoconText.Value(Text),
    };
}
