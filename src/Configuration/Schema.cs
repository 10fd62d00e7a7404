using Akka.Configuration;
using TspActors.Configuration.Hocon;

namespace TspActors.Configuration;

/// <summary>What may be set: the keys of a program's reference text, and whether each takes one value or a list.</summary>
internal sealed class Schema
{
    // Both programs may be configured from one file and one environment.
    private static readonly string[] Programs = ["tracker", "peer"];
    private static readonly string[] TopSections = ["tsp", "akka"];

    private readonly string _program;
    private readonly HashSet<string> _sections = new(StringComparer.Ordinal);

    private Schema(string program, Config config, Dictionary<string, Setting> defaults)
    {
        _program = program;
        Config = config;
        Defaults = defaults;
        foreach (string key in defaults.Keys)
        {
            for (int dot = key.LastIndexOf('.'); dot > 0; dot = key.LastIndexOf('.', dot - 1))
                _sections.Add(key[..dot]);
        }
    }

    /// <summary>The reference text as Akka reads it.</summary>
    public Config Config { get; }

    /// <summary>Every known key under <c>tsp</c> with its default.</summary>
    public IReadOnlyDictionary<string, Setting> Defaults { get; }

    /// <summary>Reads a program's reference text.</summary>
    /// <exception cref="ArgumentException">The text is wrong; that is the program's own mistake, not its user's.</exception>
    public static Schema Of(string program, string reference)
    {
        if (!Programs.Contains(program))
            throw new ArgumentException($"\"{program}\" is none of the programs.", nameof(program));
        if (HoconOutline.Read(reference).Findings is [var finding, ..])
            throw new ArgumentException($"The reference text of {program}, line {finding.Line}: {finding.What}", nameof(reference));
        var config = ConfigurationFactory.ParseString(reference + "\n");
        var defaults = new Dictionary<string, Setting>(StringComparer.Ordinal);
        foreach (var (key, setting) in HoconTree.Leaves(config, _ => Origin.Default))
        {
            if (key.StartsWith("akka.", StringComparison.Ordinal))
                continue;
            if (!key.StartsWith($"tsp.{program}.", StringComparison.Ordinal) || EnvironmentNames.For(key) is null || setting.Shape > SettingShape.List)
                throw new ArgumentException($"In the reference text {key} is no lower-case key under tsp.{program} with a plain value.", nameof(reference));
            defaults.Add(key, setting);
        }

        if (defaults.Count == 0)
            throw new ArgumentException("The reference text defines no setting.", nameof(reference));
        return new Schema(program, config, defaults);
    }

    /// <summary>Whether the key is one that this program reads as its own setting.</summary>
    public bool Knows(string key) => Defaults.ContainsKey(key);

    /// <summary>Whether the key is known and takes a list.</summary>
    public bool TakesList(string key) => Defaults.TryGetValue(key, out var setting) && setting.Shape == SettingShape.List;

    /// <summary>What is wrong with setting this key to something of this shape, or null.</summary>
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
            : new SettingsProblem(where, $"unknown section {Shown($"tsp.{second}")}", $"the nearest known one is tsp.{NearestKey.Of(second, Programs)}");
    }

    private SettingsProblem? CheckOwn(string key, Setting setting, string where)
    {
        if (_sections.Contains(key))
            return new SettingsProblem(where, $"{key} is a section, not a setting", $"set one of its keys, such as {NearestKey.Of(key, Defaults.Keys)}");
        if (!Defaults.TryGetValue(key, out var known))
            return new SettingsProblem(where, $"unknown setting {Shown(key)}", $"the nearest known one is {NearestKey.Of(key, Defaults.Keys)}");
        if (setting.Shape == known.Shape)
            return null;
        return (known.Shape, setting.Origin.Kind) switch
        {
            (SettingShape.List, OriginKind.Environment) =>
                new SettingsProblem(where, $"{key} takes a list of plain values", $"set {EnvironmentNames.For(key)}__0 and so on"),
            (SettingShape.List, _) => new SettingsProblem(where, $"{key} takes a list of plain values", $"write {key} = [\"…\", \"…\"]"),
            (_, OriginKind.Environment) => new SettingsProblem(where, $"{key} takes one value", $"set {EnvironmentNames.For(key)}"),
            _ => new SettingsProblem(where, $"{key} takes one value", $"write {key} = \"…\""),
        };
    }

    private static string Top(string key, int start)
    {
        if (start >= key.Length)
            return "";
        int end = key.IndexOf('.', start);
        // A quoted segment may hold dots; it is no known section either way, and is named whole.
        if (key[start] == '"')
            end = -1;
        return end < 0 ? key[start..] : key[start..end];
    }

    private static string Shown(string key) => OneLine.Escape(key.Length <= 200 ? key : key[..200] + "…");
}
