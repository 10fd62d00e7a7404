using System.Text.Json;

namespace TspActors.EndToEnd.Tests.Music;

/// <summary>What oracle.py, written from the protocol alone, says of an MP3.</summary>
/// <param name="Path">The file.</param>
/// <param name="Offset">Where its payload begins.</param>
/// <param name="Length">Bytes of the payload.</param>
/// <param name="Hash">The content hash in hex.</param>
public sealed record Oracle(string Path, int Offset, int Length, string Hash)
{
    private static readonly JsonSerializerOptions Options = new() { PropertyNameCaseInsensitive = true };

    private static string Script => System.IO.Path.Combine(AppContext.BaseDirectory, "oracle.py");

    /// <summary>Asks it about several files at once.</summary>
    public static async Task<IReadOnlyList<Oracle>> DescribeAsync(params IEnumerable<string> files)
    {
        var lines = await Native.RunAsync("python3", [Script, "describe", .. files]);
        return [.. lines.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<Oracle>(line,
            Options)!)];
    }

    /// <summary>The payload, cut out by the oracle.</summary>
    public static async Task<byte[]> CutAsync(string file)
    {
        using var folder = new Programs.TempFolder();
        await Native.RunAsync("python3", Script, "cut", file, folder.In("payload"));
        return await File.ReadAllBytesAsync(folder.In("payload"));
    }

    /// <summary>The payload as this description bounds it.</summary>
    public byte[] Payload() => File.ReadAllBytes(Path)[Offset..(Offset + Length)];
}
