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

    /// <summary>A list of lists or sections. No setting accepts one.</summary>
    NestedList,
}

/// <summary>The value of a key as it was written, and its origin.</summary>
internal sealed record Setting(SettingShape Shape, string Text, IReadOnlyList<string> Items, SettingOrigin Origin)
{
    public static Setting One(string text, SettingOrigin origin) => new(SettingShape.Text, text, [], origin);

    public static Setting List(IReadOnlyList<string> items, SettingOrigin origin) => new(SettingShape.List, "", items, origin);

    /// <summary>Returns the value as HOCON.</summary>
    public string ToHocon() => Shape == SettingShape.List ? HoconText.List(Items) : HoconText.Value(Text);
}
