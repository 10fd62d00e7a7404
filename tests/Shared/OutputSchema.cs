using System.Text.Json;
using Json.Schema;

namespace TspActors.Shared;

/// <summary>Compares JSON that a program has printed with a schema in <c>docs/schemas</c>.</summary>
public static class OutputSchema
{
    /// <summary>Asserts that the text is one JSON document that the schema describes.</summary>
    /// <param name="name">The name of the schema, without the extension.</param>
    /// <param name="json">The output of the program.</param>
    public static void Describes(string name, string json)
    {
        var faults = Faults(name, json);
        Assert.True(faults.Count == 0, $"{name}.json does not describe this:\n{string.Join('\n', faults)}\n{json}");
    }

    /// <summary>Returns the faults that the schema finds in the JSON.</summary>
    public static IReadOnlyList<string> Faults(string name, string json)
    {
        // A build registers the schema by its id, so each one needs a registry of its own.
        var schema = JsonSchema.FromText(Read(name), new BuildOptions { SchemaRegistry = new() });
        using var document = JsonDocument.Parse(json);
        var results = schema.Evaluate(document.RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List });
        if (results.IsValid)
            return [];
        return [.. (results.Details ?? []).Where(detail => detail.Errors is not null)
            .SelectMany(detail => detail.Errors!.Select(error => $"{detail.InstanceLocation}: {error.Value}")).DefaultIfEmpty("invalid")];
    }

    /// <summary>Returns the text of a schema.</summary>
    public static string Read(string name) => File.ReadAllText(Path.Combine(Folder, $"{name}.json"));

    /// <summary>The names of all schemas.</summary>
    public static IEnumerable<string> Names =>
        Directory.EnumerateFiles(Folder, "*.json").Select(file => Path.GetFileNameWithoutExtension(file)).Order();

    private static string Folder
    {
        get
        {
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            while (!File.Exists(Path.Combine(folder.FullName, "TspActors.sln")))
                folder = folder.Parent ?? throw new DirectoryNotFoundException("The tests run outside of the repository.");
            return Path.Combine(folder.FullName, "docs", "schemas");
        }
    }
}
