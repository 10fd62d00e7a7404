using TspActors.Configuration.Hocon;

namespace TspActors.Configuration.Layers;

/// <summary>Builds the settings layer from the environment variables that begin with <c>TSP__</c> or <c>AKKA__</c>.</summary>
internal static class EnvironmentLayer
{
    private static readonly string[] Prefixes = ["TSP__", "AKKA__"];

    public static SettingsLayer Load(IReadOnlyDictionary<string, string> environment, Schema schema)
    {
        var settings = new Dictionary<string, Setting>(StringComparer.Ordinal);
        var problems = new List<SettingsProblem>();
        var variables = environment
            .Where(variable => Prefixes.Any(prefix => variable.Key.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            .Where(variable => IsKey(variable.Key, problems))
            .Select(variable => (Name: variable.Key, Target: EnvironmentNames.Parse(variable.Key), variable.Value))
            .OrderBy(variable => variable.Name, StringComparer.Ordinal);
        foreach (var group in variables.GroupBy(variable => variable.Target.Key))
        {
            var targets = group.OrderBy(variable => variable.Target.Index).ToList();
            string first = targets[0].Name;
            var clash = targets.Zip(targets.Skip(1))
                .FirstOrDefault(pair => pair.First.Target.Index is null || pair.First.Target.Index == pair.Second.Target.Index);
            if (clash.Second.Name is { } second)
            {
                string what = $"{DisplayText.Escape(clash.First.Name)} also sets {DisplayText.Escape(group.Key)}";
                problems.Add(new SettingsProblem(Where(second), what, "unset one of the two"));
                continue;
            }

            string name = targets.Count == 1 ? first : $"{first} to {targets[^1].Name}";
            var origin = new SettingOrigin(OriginKind.Environment, name);
            settings[group.Key] = targets[0].Target.Index is null
                ? One(group.Key, targets[0].Value, origin, schema)
                : Setting.List([.. targets.Select(target => target.Value)], origin);
        }

        return SettingsLayer.FromSettings(settings, problems);
    }

    // Akka's parser recurses for each segment and does not accept an empty one.
    private static bool IsKey(string variable, List<SettingsProblem> problems)
    {
        string[] segments = variable.Split("__");
        bool isKey = segments.Length <= HoconOutline.MaxNesting && segments.All(segment => segment.Length > 0);
        if (!isKey)
            problems.Add(new SettingsProblem(Where(variable), "the variable does not name a setting",
                "unset it, or put two underscores between the segments of a key"));
        return isKey;
    }

    private static Setting One(string key, string value, SettingOrigin origin, Schema schema)
    {
        // In the environment, an empty variable is the only way to write an empty list.
        if (value.Length == 0 && schema.TakesList(key))
            return Setting.List([], origin);
        // Akka accepts true and false only in lower case, but .NET programs often write True and False.
        bool isAkkaBool = key.StartsWith("akka.", StringComparison.Ordinal) && bool.TryParse(value, out _);
        return Setting.One(isAkkaBool ? value.ToLowerInvariant() : value, origin);
    }

    private static string Where(string variable) => new SettingOrigin(OriginKind.Environment, variable).ToString();
}
