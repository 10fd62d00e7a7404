using Akka.Configuration;

namespace TspActors.Configuration.Layers;

/// <summary>The settings of one source: the file, the environment or the command line.</summary>
/// <param name="Config">The settings in the form that Akka reads.</param>
/// <param name="Settings">Every key of the source, not yet checked against the schema.</param>
/// <param name="Problems">The faults that prevented some or all of the source from being read.</param>
internal sealed record SettingsLayer(Config Config, IReadOnlyDictionary<string, Setting> Settings, IReadOnlyList<SettingsProblem> Problems)
{
    private static readonly Dictionary<string, Setting> NoSettings = [];

    /// <summary>The layer of a source that does not exist.</summary>
    public static SettingsLayer Empty { get; } = new(Config.Empty, NoSettings, []);

    /// <summary>Returns the layer of a source that cannot be read.</summary>
    public static SettingsLayer Broken(params IEnumerable<SettingsProblem> problems) => Empty with { Problems = [.. problems] };

    /// <summary>Returns the layer of a source that consists of keys and values rather than text.</summary>
    public static SettingsLayer FromSettings(IReadOnlyDictionary<string, Setting> settings, IReadOnlyList<SettingsProblem> problems)
    {
        var lines = settings.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(
            entry => $"{entry.Key} = {entry.Value.ToHocon()}\n");
        return new SettingsLayer(ConfigurationFactory.ParseString(string.Concat(lines)), settings, problems);
    }
}
