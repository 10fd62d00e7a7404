using System.Text.Json;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>A description of an MP3 by oracle.py, an independent implementation of the protocol document.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">The offset of the payload in the file.</param>
/// <param name="Length">The length of the payload in bytes.</param>
/// <param name="Hash">The content hash in hex.</param>
public sealed record Oracle(string Path, int Offset, int Length, string Hash)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    private static string Script => System.IO.Path.Combine(AppContext.BaseDirectory, "oracle.py");

    /// <summary>Describes several files in one call.</summary>
    public static async Task<IReadOnlyList<Oracle>> DescribeAsync(params IEnumerable<string> files)
    {
        var lines = await Native.RunAsync("python3", [Script, "describe", .. files]);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Oracle>(line,
            Options)!)];
    }

    /// <summary>Returns the payload of a file, extracted by the oracle.</summary>
    public static async Task<byte[]> CutAsync(string file)
    {
        using var folder = new Programs.TempFolder();
        await Native.RunAsync("python3", Script, "cut", file, folder.In("payload"));
        return await File.ReadAllBytesAsync(folder.In("payload"));
    }

    /// <summary>Returns the payload that this description locates.</summary>
    public byte[] Payload() => File.ReadAllBytes(Path)[Offset..(Offset + Length)];
}
