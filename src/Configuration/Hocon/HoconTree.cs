using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace TspActors.Configuration.Hocon;

/// <summary>Flattens Akka's tree into keys and values. Quoted text keeps its spaces, which Akka's own getters would trim.</summary>
internal static class HoconTree
{
    /// <summary>Returns every value with its full key, in which segments are quoted where necessary.</summary>
    /// <param name="config">The parsed text, without fallbacks.</param>
    /// <param name="originOf">Returns where a key was set.</param>
    public static IEnumerable<KeyValuePair<string, Setting>> Leaves(Config config, Func<string, SettingOrigin> originOf) =>
        config.IsEmpty ? [] : Leaves([], config.Root, originOf);

    private static IEnumerable<KeyValuePair<string, Setting>> Leaves(string[] path, HoconValue value, Func<string, SettingOrigin> originOf)
    {
        if (!value.IsObject())
            return [Leaf(path, value, originOf)];
        var items = value.GetObject().Items;
        if (items.Count == 0 && path.Length > 0)
            return [With(path, new Setting(SettingShape.EmptySection, "", [], originOf(HoconText.Key(path))))];
        return items.SelectMany(item => Leaves([.. path, item.Key], item.Value, originOf));
    }

    private static KeyValuePair<string, Setting> Leaf(string[] path, HoconValue value, Func<string, SettingOrigin> originOf)
    {
        var origin = originOf(HoconText.Key(path));
        if (ListOf(value) is not { } items)
            return With(path, Setting.One(TextOf(value), origin));
        if (items.All(IsPlain))
            return With(path, Setting.List([.. items.Select(TextOf)], origin));
        bool areEntries = items.All(
            item => IsPlain(item) || (item.IsObject() && item.GetObject().Items.Values.All(IsPlain)));
        return With(path, areEntries
            ? Setting.OfEntries([.. items.Select(item => Entry(item, origin))], origin)
            : new Setting(SettingShape.NestedList, "", [], origin));
    }

    private static SettingEntry Entry(HoconValue value, SettingOrigin origin) =>
        value.IsObject()
            ? new SettingEntry("", value.GetObject().Items.ToDictionary(field => field.Key, field => TextOf(field.Value)), origin)
            : new SettingEntry(TextOf(value), null, origin);

    private static bool IsPlain(HoconValue value) => !value.IsObject() && ListOf(value) is null;

    private static KeyValuePair<string, Setting> With(string[] path, Setting setting) => new(HoconText.Key(path), setting);

    // HoconValue.IsArray is false for an empty list, so this checks whether the value begins with a HoconArray.
    private static IReadOnlyList<HoconValue>? ListOf(HoconValue value) => value.Values switch
    {
        [HoconArray list, ..] => list,
        [HoconSubstitution reference, ..] => ListOf(reference.ResolvedValue),
        _ => null,
    };

    private static string TextOf(HoconValue value)
    {
        var parts = value.Values.Select(
            part => part is HoconSubstitution reference ? TextOf(reference.ResolvedValue) : part.GetString() ?? "").ToList();
        // The parser keeps spaces before a comment or the end of the line as a separate value.
        if (parts.Count > 1 && string.IsNullOrWhiteSpace(parts[^1]))
            parts.RemoveAt(parts.Count - 1);
        return string.Concat(parts);
    }
}
