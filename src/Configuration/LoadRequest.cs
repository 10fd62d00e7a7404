using System.Collections;
using System.Reflection;

namespace TspActors.Configuration;

/// <summary>The input from which a program's configuration is loaded.</summary>
public sealed record LoadRequest
{
    /// <summary>The program, "tracker" or "peer". Its settings are under <c>tsp.&lt;program&gt;</c>.</summary>
    public required string Program { get; init; }

    /// <summary>The built-in HOCON text: every valid key under <c>tsp.&lt;program&gt;</c> with its default.</summary>
    public required string Reference { get; init; }

    /// <summary>The path given with --config, or null.</summary>
    public string? ConfigFile { get; init; }

    /// <summary>The folder against which relative paths are resolved, and the first one searched for
    /// <c>config/&lt;program&gt;.conf</c>.</summary>
    public required string WorkingDirectory { get; init; }

    /// <summary>The folder of the program itself, searched second for <c>config/&lt;program&gt;.conf</c>.</summary>
    public required string ProgramDirectory { get; init; }

    /// <summary>The environment variables.</summary>
    public required IReadOnlyDictionary<string, string> Environment { get; init; }

    /// <summary>The settings given on the command line. If two set the same key, the later one wins.</summary>
    public IReadOnlyList<CommandLineSetting> CommandLine { get; init; } = [];

    /// <summary>The keys whose values must never be shown.</summary>
    public IReadOnlyCollection<string> SecretKeys { get; init; } = [];

    /// <summary>The lists whose elements may be sections.</summary>
    public IReadOnlyCollection<EntryForm> EntryForms { get; init; } = [];

    /// <summary>Returns the environment variables of this process.</summary>
    public static IReadOnlyDictionary<string, string> ProcessEnvironment() =>
        System.Environment.GetEnvironmentVariables().Cast<DictionaryEntry>()
            .ToDictionary(entry => (string)entry.Key, entry => (string?)entry.Value ?? "", StringComparer.Ordinal);

    /// <summary>Returns the text of a program's embedded <c>reference.conf</c>.</summary>
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

/// <summary>A setting given on the command line.</summary>
public sealed record CommandLineSetting
{
    private CommandLineSetting(string key, string option, string? value, IReadOnlyList<string> values, bool adds = false)
    {
        Key = key;
        Option = option;
        Value = value;
        Values = values;
        Adds = adds;
    }

    /// <summary>The key, such as <c>tsp.peer.port</c>.</summary>
    public string Key { get; }

    /// <summary>The option as typed, such as <c>--port</c>, for messages.</summary>
    public string Option { get; }

    /// <summary>The value, or null for a list.</summary>
    public string? Value { get; }

    /// <summary>The values of a list; empty for a single value.</summary>
    public IReadOnlyList<string> Values { get; }

    /// <summary>Whether the values are added to the list from lower layers, rather than replacing it.</summary>
    public bool Adds { get; }

    /// <summary>Creates a setting for a key that takes one value.</summary>
    public static CommandLineSetting One(string key, string value, string option) => new(key, option, value, []);

    /// <summary>Creates a setting for a key that takes a list. The setting replaces any list from lower layers.</summary>
    public static CommandLineSetting List(string key, IReadOnlyList<string> values, string option) => new(key, option, null, [.. values]);

    /// <summary>
    /// Creates a setting that adds to a list with an <see cref="EntryForm"/>. A value replaces any element with the same name in lower
    /// layers.
    /// </summary>
    public static CommandLineSetting Add(string key, IReadOnlyList<string> values, string option) =>
        new(key, option, null, [.. values], adds: true);
}
