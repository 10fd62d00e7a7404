using System.Text.Json;

namespace TspActors.Shared;

/// <summary>Reads the test vectors of docs/vectors, which test projects copy beside their programs.</summary>
public static class VectorFile
{
    /// <summary>Returns the elements of a list in a file.</summary>
    public static IReadOnlyList<JsonElement> Read(string file, string list)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", file)));
        return [.. document.RootElement.GetProperty(list).EnumerateArray().Select(element => element.Clone())];
    }

    /// <summary>Returns the whole content of a file.</summary>
    public static JsonElement Root(string file)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "vectors", file)));
        return document.RootElement.Clone();
    }

    /// <summary>Returns the names of the elements of a list, for theories.</summary>
    public static IEnumerable<string> Names(string file, string list) => Read(file, list).Select(element => element.Text("name"));

    /// <summary>Returns the element with a name.</summary>
    public static JsonElement Find(string file, string list, string name) =>
        Read(file, list).Single(element => element.Text("name") == name);

    /// <summary>Returns a text that must be there.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>Returns a text; null where the vector has null.</summary>
    public static string? OptionalText(this JsonElement element, string property) => element.GetProperty(property).GetString();

    /// <summary>Returns the bytes that a property contains as hexadecimal digits.</summary>
    public static byte[] Bytes(this JsonElement element, string property) => Convert.FromHexString(element.Text(property));

    /// <summary>Returns a number.</summary>
    public static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();
}
