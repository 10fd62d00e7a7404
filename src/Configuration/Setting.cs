using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>What a value looks like before anyone reads it as a number, a duration or the like.</summary>
internal enum SettingShape
{
    /// <summary>One value.</summary>
    Text,

    /// <summary>A list of values.</summary>
    List,

    /// <summary>A section without anything in it.</summary>
    EmptySection,

    /// <summary>A list that holds lists or sections; no setting is one.</summary>
    NestedList,
}

/// <summary>A key's value as it was written, and where.</summary>
internal sealed record Setting(SettingShape Shape, string Text, IReadOnlyList<string> Items, Origin Origin)
{
    public static Setting One(string text, Origin origin) => new(SettingShape.Text, text, [], origin);

    public static Setting List(IReadOnlyList<string> items, Origin origin) => new(SettingShape.List, "", items, origin);

    /// <summary>The value as HOCON.</summary>
    public string ToHocon() => Shape == SettingShape.List ? HoconText.List(Items) : HoconText.Value(Text);
}
