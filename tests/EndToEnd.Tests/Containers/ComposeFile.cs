using System.Text.Json.Nodes;
using TspActors.EndToEnd.Tests.Documents;

namespace TspActors.EndToEnd.Tests.Containers;

/// <summary>A compose file in the folder docker.</summary>
/// <param name="Name">The path from the root of the repository.</param>
/// <param name="Content">The file's content.</param>
internal sealed record ComposeFile(string Name, JsonObject Content)
{
    /// <summary>All compose files.</summary>
    public static IReadOnlyList<ComposeFile> All { get; } =
    [
        .. from path in Directory.EnumerateFiles(Path.Combine(DocumentedCommand.Root, "docker"), "*.yml", SearchOption.AllDirectories)
           let name = Path.GetRelativePath(DocumentedCommand.Root, path).Replace('\\', '/')
           orderby name
           select new ComposeFile(name, ComposeYaml.Parse(File.ReadAllText(path))),
    ];

    /// <summary>The files that describe a whole project. All others only add to one of them.</summary>
    public static IEnumerable<ComposeFile> Projects =>
        All.Where(file => !file.Name.EndsWith(".http.yml", StringComparison.Ordinal));

    /// <summary>The folder of the file.</summary>
    public string Folder => Path.Combine(DocumentedCommand.Root, Path.GetDirectoryName(Name)!);

    public IEnumerable<ComposeService> Services =>
        from service in Map("services") select new ComposeService(this, service.Key, service.Value!.AsObject());

    /// <summary>The declared volumes by their names in the file, with their names in Docker if the project is called docker.</summary>
    public IReadOnlyDictionary<string, string> Volumes =>
        Map("volumes").ToDictionary(volume => volume.Key, volume => (string?)volume.Value?["name"] ?? $"docker_{volume.Key}");

    public override string ToString() => Name;

    // Returns a section of the file; empty = there is none.
    private JsonObject Map(string section) => Content[section]?.AsObject() ?? new JsonObject();
}

/// <summary>A service of a compose file, and its settings with all merges.</summary>
internal sealed record ComposeService(ComposeFile File, string Name, JsonObject Settings)
{
    public bool IsTracker => (string?)Settings["build"]?["target"] == "tracker" && !IsSecretMaker;

    /// <summary>Whether the service creates the secret of the cluster and exits.</summary>
    public bool IsSecretMaker => Name == "secret";

    /// <summary>Whether its containers end by themselves.</summary>
    public bool IsShortLived => IsSecretMaker || Name == "console";

    public IReadOnlyDictionary<string, string> Environment =>
        (Settings["environment"]?.AsObject() ?? new JsonObject()).ToDictionary(variable => variable.Key, variable => (string)variable.Value!);

    public string? Text(string setting) => (string?)Settings[setting];

    /// <summary>Returns the values of a setting that is a list, a single value or missing.</summary>
    public IReadOnlyList<string> List(string setting) => Settings[setting] switch
    {
        null => [],
        JsonArray list => [.. list.Select(value => (string)value!)],
        var value => [(string)value!],
    };

    public override string ToString() => $"{Name} in {File}";
}
