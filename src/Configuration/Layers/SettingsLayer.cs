using Akka.Configuration;

namespace TspActors.Configuration.Layers;

/// <summary>What one source (the file, the environment, the command line) sets.</summary>
/// <param name="Config">The same, for Akka.</param>
/// <param name="Settings">Every key that it sets, not yet checked against the schema.</param>
/// <param name="Problems">What could not be read at all.</param>
internal sealed record SettingsLayer(Config Config, IReadOnlyDictionary<string, Setting> Settings, IReadOnlyList<SettingsProblem> Problems)
{
    private static readonly Dictionary<string, Setting> NoSettings = [];

    /// <summary>A source that is not there.</summary>
    public static SettingsLayer Empty { get; } = new(Config.Empty, NoSettings, []);

    /// <summary>A source that cannot be read.</summary>
    public static SettingsLayer Broken(params IEnumerable<SettingsProblem> problems) => Empty with { Problems = [.. problems] };

    /// <summary>A source that is given as keys and values, not as text.</summary>
    public static SettingsLayer Of(IReadOnlyDictionary<string, Setting> settings, IReadOnlyList<SettingsProblem> problems)
    {
        var lines = settings.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => $"{entry.Key} = {entry.Value.ToHocon()}\n");
        return new SettingsLayer(ConfigurationFactory.ParseString(string.Concat(lines)), settings, problems);
    }
}
