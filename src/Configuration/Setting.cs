using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>The shape of a value before it is read as a number, a duration or the like.</summary>
internal enum SettingShape
{
    /// <summary>One value.</summary>
    Text,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>An empty section.</summary>
    EmptySection,

    /// <summary>A list of lists or sections, which no setting takes.</summary>
    NestedList,
}

/// <summary>The value of a key as it was written, and where.</summary>
internal sealed record Setting(SettingShape Shape, string Text, IReadOnlyList<string> Items, SettingOrigin Origin)
{
    public static Setting One(string text, SettingOrigin origin) => new(SettingShape.Text, text, [], origin);

    public static Setting List(IReadOnlyList<string> items, SettingOrigin origin) => new(SettingShape.List, "", items, origin);

    /// <summary>Returns the value as HOCON.</summary>
    public string ToHocon() => Shape == SettingShape.List ? HoconText.List(Items) : HoconText.Value(Text);
}
