using Akka.Configuration;
using TspActors.Configuration.Layers;

namespace TspActors.Configuration;

/// <summary>
/// A program's configuration. The HOCON file overrides the built-in reference text, the environment overrides the file, and the command
/// line overrides the environment. Immutable.
/// </summary>
public sealed class ProgramConfiguration
{
    private readonly Config _config;
    private readonly string _program;

    private ProgramConfiguration(
        LoadRequest request, Schema schema, Config config, Dictionary<string, Setting> settings, List<SettingsProblem> problems)
    {
        _program = request.Program;
        _config = config;
        Schema = schema;
        Settings = settings;
        Problems = problems;
        Secrets = request.SecretKeys.ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>
    /// The problems found in the sources: syntax errors, unknown keys, a list in place of a single value. <see cref="SettingsReader"/>
    /// checks the values.
    /// </summary>
    public IReadOnlyList<SettingsProblem> Problems { get; }

    /// <summary>
    /// All sources merged, including <c>akka.*</c>, for the actor system. <see cref="SettingsReader"/> reads the program's own settings.
    /// </summary>
    /// <exception cref="SettingsException">There are <see cref="Problems"/>.</exception>
    public Config Config => Problems.Count == 0 ? _config : throw new SettingsException(Problems);

    /// <summary>The keys under <c>tsp.&lt;program&gt;</c>, in order.</summary>
    public IEnumerable<string> Keys => Settings.Keys.Order(StringComparer.Ordinal);

    internal Schema Schema { get; }

    internal IReadOnlyDictionary<string, Setting> Settings { get; }

    internal IReadOnlySet<string> Secrets { get; }

    /// <summary>Reads and merges all sources. The user's mistakes are listed in <see cref="Problems"/> and do not cause an
    /// exception.</summary>
    /// <exception cref="ArgumentException">A bug in the program: invalid reference text, or a secret key or command-line setting that
    ///   does not match the text.</exception>
    public static ProgramConfiguration Load(LoadRequest request)
    {
        var schema = Schema.Read(request.Program, request.Reference, request.EntryForms);
        if (request.SecretKeys.FirstOrDefault(key => !schema.Knows(key)) is { } unknown)
            throw new ArgumentException($"The secret key {unknown} is not in the reference text.", nameof(request));

        var settings = new Dictionary<string, Setting>(schema.Defaults, StringComparer.Ordinal);
        var problems = new List<SettingsProblem>();
        var config = schema.Config;
        SettingsLayer[] lowestFirst =
            [FileLayer.Load(request), EnvironmentLayer.Load(request.Environment, schema),
                CommandLineLayer.Load(request.CommandLine, schema)];
        foreach (var layer in lowestFirst)
        {
            problems.AddRange(layer.Problems);
            config = layer.Config.WithFallback(config);
            foreach (var (key, setting) in layer.Settings)
            {
                if (schema.Check(key, setting) is { } problem)
                    problems.Add(problem);
                else if (schema.Knows(key))
                    settings[key] = setting.Adds ? settings[key].With(setting, schema.Forms[key]) : setting;
            }
        }

        return new ProgramConfiguration(request, schema, config, settings, [.. problems.Distinct()]);
    }

    /// <summary>Returns where the value of a key comes from.</summary>
    /// <exception cref="ArgumentException">The reference text does not define the key.</exception>
    public SettingOrigin OriginOf(string key) => Find(key).Origin;

    /// <summary>
    /// Returns whether the user has chosen the value of a key, that is, whether it comes from the environment or the command line, or
    /// differs from the default. A default value in a file does not count as chosen, because the files that come with the programs contain
    /// all defaults.
    /// </summary>
    /// <exception cref="ArgumentException">The reference text does not define the key.</exception>
    public bool IsChosen(string key)
    {
        var setting = Find(key);
        return setting.Origin.Kind is OriginKind.Environment or OriginKind.CommandLine
            || setting.ToHocon() != Schema.Defaults[key].ToHocon();
    }

    /// <summary>Returns, in order, the keys whose values differ between this and another configuration of the same program.</summary>
    public IEnumerable<string> KeysThatDiffer(ProgramConfiguration other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Keys.Where(key => Find(key).ToHocon() != other.Find(key).ToHocon());
    }

    /// <summary>Returns the effective settings as valid HOCON: each key with its origin, and secrets hidden.</summary>
    /// <exception cref="SettingsException">There are <see cref="Problems"/>.</exception>
    public string Print() =>
        Problems.Count == 0 ? ConfigurationPrinter.Print(_program, Settings, Secrets, Schema.Forms) : throw new SettingsException(Problems);

    internal Setting Find(string key) =>
        Settings.TryGetValue(key, out var setting)
            ? setting
            : throw new ArgumentException($"The reference text does not define {key}.", nameof(key));
}
