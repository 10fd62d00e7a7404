using System.Text.Json;

namespace TspActors.Shared;

/// <summary>Reads the test vectors in docs/vectors, which test projects copy to their output folders.</summary>
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

    /// <summary>Returns the element with this name.</summary>
    public static JsonElement Find(string file, string list, string name) =>
        Read(file, list).Single(element => element.Text("name") == name);

    /// <summary>Returns a string, which must be present.</summary>
    public static string Text(this JsonElement element, string property) => element.GetProperty(property).GetString()!;

    /// <summary>Returns a string; null if the vector contains null.</summary>
    public static string? OptionalText(this JsonElement element, string property) => element.GetProperty(property).GetString();

    /// <summary>Returns the bytes that a property contains as hexadecimal digits.</summary>
    public static byte[] Bytes(this JsonElement element, string property) => Convert.FromHexString(element.Text(property));

    /// <summary>Returns a number.</summary>
    public static int Number(this JsonElement element, string property) => element.GetProperty(property).GetInt32();
}
