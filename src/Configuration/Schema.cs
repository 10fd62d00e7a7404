using Akka.Configuration;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>The known settings: the keys of a program's reference text, and whether each takes one value or a list.</summary>
internal sealed class Schema
{
    // One file and one environment may configure both programs.
    private static readonly string[] Programs = ["tracker", "peer"];
    private static readonly string[] TopSections = ["tsp", "akka"];

    private readonly string _program;
    private readonly HashSet<string> _sections = new(StringComparer.Ordinal);

    private Schema(string program, Config config, Dictionary<string, Setting> defaults, Dictionary<string, EntryForm> forms)
    {
        _program = program;
        Forms = forms;
        Config = config;
        Defaults = defaults;
        foreach (string key in defaults.Keys)
        {
            for (int dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
                _sections.Add(key[..dot]);
        }
    }

    /// <summary>The parsed reference text, for Akka.</summary>
    public Config Config { get; }

    /// <summary>Every known key under <c>tsp</c> with its default.</summary>
    public IReadOnlyDictionary<string, Setting> Defaults { get; }

    /// <summary>The lists whose elements may be sections, by key.</summary>
    public IReadOnlyDictionary<string, EntryForm> Forms { get; }

    /// <summary>Reads a program's reference text.</summary>
    /// <exception cref="ArgumentException">The text is invalid, which is a bug in the program.</exception>
    public static Schema Read(string program, string reference, IEnumerable<EntryForm> entryForms)
    {
        if (!Programs.Contains(program))
            throw new ArgumentException($"\"{program}\" is not a program.", nameof(program));
        if (HoconOutline.Read(reference).Findings is [var finding, ..])
            throw new ArgumentException($"The reference text of {program}, line {finding.Line}: {finding.What}", nameof(reference));
        var config = ConfigurationFactory.ParseString(reference + "\n");
        var defaults = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var (key, setting) in HoconTree.Leaves(config, _ => SettingOrigin.Default))
        {
            if (key.StartsWith("akka.", StringComparison.Ordinal))
                continue;
            if (!key.StartsWith($"tsp.{program}.", StringComparison.Ordinal) || EnvironmentNames.For(key) is null
                || setting.Shape > SettingShape.List)
                throw new ArgumentException(
                    $"In the reference text, {key} is not a lower-case key under tsp.{program} with a plain value.", nameof(reference));
            defaults.Add(key, setting);
        }

        if (defaults.Count == 0)
            throw new ArgumentException("The reference text defines no settings.", nameof(reference));
        var forms = entryForms.ToDictionary(form => form.Key, StringComparer.Ordinal);
        if (forms.Keys.FirstOrDefault(key => !defaults.TryGetValue(key, out var list) || list.Shape != SettingShape.List) is { } wrong)
            throw new ArgumentException($"{wrong} is not a list in the reference text.", nameof(entryForms));
        return new Schema(program, config, defaults, forms);
    }

    /// <summary>Returns whether this program has the setting.</summary>
    public bool Knows(string key) => Defaults.ContainsKey(key);

    /// <summary>Returns whether the key is known and takes a list.</summary>
    public bool TakesList(string key) => Defaults.TryGetValue(key, out var setting) && setting.Shape == SettingShape.List;

    /// <summary>Returns the problem with setting this key to a value of this shape, or null if there is none.</summary>
    public SettingsProblem? Check(string key, Setting setting)
    {
        string where = setting.Origin.ToString();
        string top = Top(key, 0);
        if (!TopSections.Contains(top))
            return new SettingsProblem(where, $"unknown section {Shown(top)}", "settings are under tsp (and Akka's own under akka)");
        if (setting.Shape == SettingShape.EmptySection && (key == top || _sections.Contains(key)))
            return null;
        if (key == top)
            return new SettingsProblem(where, $"{key} is a section, not a setting", "set a key in it");
        if (top == "akka")
            return null;
        string second = Top(key, "tsp.".Length);
        if (second != _program && Programs.Contains(second))
            return null;
        return second == _program
            ? CheckOwn(key, setting, where)
            : new SettingsProblem(
                where, $"unknown section {Shown($"tsp.{second}")}", $"the nearest known one is tsp.{NearestKey.Find(second, Programs)}");
    }

    private SettingsProblem? CheckOwn(string key, Setting setting, string where)
    {
        if (_sections.Contains(key))
            return new SettingsProblem(
                where, $"{key} is a section, not a setting", $"set one of its keys, such as {NearestKey.Find(key, Defaults.Keys)}");
        if (!Defaults.TryGetValue(key, out var known))
            return new SettingsProblem(
                where, $"unknown setting {Shown(key)}", $"the nearest known one is {NearestKey.Find(key, Defaults.Keys)}");
        if (Forms.TryGetValue(key, out var form) && setting.Shape is SettingShape.List or SettingShape.Entries)
            return CheckEntries(form, setting, where);
        if (setting.Shape == known.Shape)
            return null;
        return (known.Shape, setting.Origin.Kind) switch
        {
            (SettingShape.List, OriginKind.Environment) =>
                new SettingsProblem(where, $"{key} takes a list of plain values", $"set {EnvironmentNames.For(key)}__0 and so on"),
            (SettingShape.List, _) when form is not null => new SettingsProblem(
                where, $"{key} takes a list of sections or strings", $"write {key} = [{{ {string.Join(", ", form.Fields.Take(2).Select(
                    field => $"{field} = \"…\""))} }}]"),
            (SettingShape.List, _) => new SettingsProblem(where, $"{key} takes a list of plain values", $"write {key} = [\"…\", \"…\"]"),
            (_, OriginKind.Environment) => new SettingsProblem(where, $"{key} takes one value", $"set {EnvironmentNames.For(key)}"),
            _ => new SettingsProblem(where, $"{key} takes one value", $"write {key} = \"…\""),
        };
    }

    private static SettingsProblem? CheckEntries(EntryForm form, Setting setting, string where)
    {
        foreach (var (index, entry) in setting.Entries.Index())
        {
            if (entry.Fields?.Keys.Order(StringComparer.Ordinal).FirstOrDefault(field => !form.Fields.Contains(field)) is { } unknown)
                return new SettingsProblem(
                    where, $"unknown setting {Shown($"{form.Key}[{index}].{HoconText.Segment(unknown)}")}",
                    $"the nearest known one is {NearestKey.Find(unknown, form.Fields)}");
        }

        return null;
    }

    private static string Top(string key, int start)
    {
        if (start >= key.Length)
            return "";
        int end = key.IndexOf('.', start);
        // A quoted segment may contain dots. It is never a known section, so the message shows the entire key.
        if (key[start] == '"')
            end = -1;
        return end < 0 ? key[start..] : key[start..end];
    }

    private static string Shown(string key) => DisplayText.Escape(key.Length <= 200 ? key : key[..200] + "…");
}
