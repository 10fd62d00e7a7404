using System.Collections;
using System.Reflection;

namespace TspActors.Configuration;

/// <summary>Everything that a program's configuration is made from; nothing else is looked at.</summary>
public sealed record LoadRequest
{
    /// <summary>"tracker" or "peer": its settings are those under <c>tsp.&lt;program&gt;</c>.</summary>
    public required string Program { get; init; }

    /// <summary>The built-in HOCON text: every key that is legal under <c>tsp.&lt;program&gt;</c>, each with its default.</summary>
    public required string Reference { get; init; }

    /// <summary>The path given with --config, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>Where relative paths start and where <c>config/&lt;program&gt;.conf</c> is looked for first.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The folder of the program itself, where <c>config/&lt;program&gt;.conf</c> is looked for next.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>What the command line sets; of two for one key the later one counts.</summary>
    public IReadOnlyList<CommandLineSetting> CommandLine { get; init; } = [];

    /// <summary>Keys whose values are never shown.</summary>
    public IReadOnlyCollection<string> SecretKeys { get; init; } = [];

    /// <summary>The environment variables of this process, as they are now.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>The text of a program's embedded <c>reference.conf</c>.</summary>
    /// <exception cref="ArgumentException">The assembly has no resource whose name ends in reference.conf.</exception>
    public static string EmbeddedReference(Assembly assembly)
    {
        string name = assembly.GetManifestResourceNames().FirstOrDefault(name => name.EndsWith("reference.conf", StringComparison.Ordinal))
            ?? throw new ArgumentException($"{assembly.GetName().Name} embeds no reference.conf.", nameof(assembly));
        using var stream = assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>One setting that the command line makes.</summary>
public sealed record CommandLineSetting
{
    private CommandLineSetting(string key, string option, string? value, IReadOnlyList<string> values)
    {
        Key = key;
        Option = option;
        Value = value;
        Values = values;
    }

    /// <summary>The key, such as <c>tsp.peer.port</c>.</summary>
    public string Key { get; }

    /// <summary>The option as it is typed, such as <c>--port</c>; messages name it.</summary>
    public string Option { get; }

    /// <summary>The value, or null where it is a list.</summary>
    public string? Value { get; }

    /// <summary>The list's values; empty where it is a single value.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>A key that takes one value.</summary>
    public static CommandLineSetting One(string key, string value, string option) => new(key, option, value, []);

    /// <summary>A key that takes a list; it replaces the whole list below it.</summary>
    public static CommandLineSetting List(string key, IReadOnlyList<string> values, string option) => new(key, option, null, [.. values]);
}
