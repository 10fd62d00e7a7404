using TspActors.Media.Library;

namespace TspActors.Peer.Tests.Material;

/// <summary>The bundled demo songs: real MP3 files.</summary>
internal static class DemoMusic
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Demo", "music");

    public static IReadOnlyList<string> Files { get; } =
        [.. Directory.GetFiles(Folder, "*.mp3", SearchOption.AllDirectories).Order(StringComparer.Ordinal)];

    /// <summary>Copies a demo song and reads it as a scan does.</summary>
    public static (SongFile File, byte[] Leaves, byte[] Payload) Copy(string target, int index = 0)
    {
        File.Copy(Files[index], target);
        var reading = SongFile.Read(target);
        var file = (SongFile)reading.Entry;
        return (file, reading.Leaves.ToArray(), File.ReadAllBytes(target).AsSpan((int)file.PayloadOffset,
            (int)file.PayloadLength).ToArray());
    }
}
