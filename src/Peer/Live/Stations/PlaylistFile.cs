using System.Text;
using TspActors.Media.Library;

namespace TspActors.Peer.Live.Stations;

/// <summary>Reads the paths from a playlist file (.m3u, .m3u8).</summary>
internal static class PlaylistFile
{
    /// <summary>The maximum number of lines that are read.</summary>
    public const int MaxLines = 100_000;

    /// <summary>The maximum number of bytes that are read.</summary>
    public const int MaxBytes = 32 * 1024 * 1024;

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsNamed(string path) =>
        path.EndsWith(".m3u", StringComparison.OrdinalIgnoreCase) || path.EndsWith(".m3u8", StringComparison.OrdinalIgnoreCase);

    /// <summary>Returns the absolute paths in the file, in order.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">There is no permission to read the file.</exception>
    public static IReadOnlyList<string> Read(string path)
    {
        // The length of a pipe is 0, and opening one would block until another program opened it for writing.
        if (FileStat.Read(path) is not { Length: > 0 } stat)
            return [];
        var bytes = new byte[Math.Min(stat.Length, MaxBytes)];
        using (var file = File.OpenRead(path))
            bytes = bytes[..file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false)];
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "";
        var paths = new List<string>();
        using var lines = new StringReader(Decode(bytes));
        for (var read = 0; read < MaxLines && lines.ReadLine() is { } line; read++)
        {
            if (PathOf(line.Trim(), folder) is { } found)
                paths.Add(found);
        }

        return paths;
    }

    // A .m3u file, unlike a .m3u8 file, may be in an old encoding.
    private static string Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.UTF8.Preamble))
            bytes = bytes[Encoding.UTF8.Preamble.Length..];
        try
        {
            return Utf8.GetString(bytes);
        }
        catch (DecoderFallbackException)
        {
            return Encoding.Latin1.GetString(bytes);
        }
    }

    /// <summary>Returns the absolute path in a line of a playlist; null = the line contains none.</summary>
    /// <param name="line">The line, without surrounding spaces.</param>
    /// <param name="folder">The playlist's folder.</param>
    public static string? PathOf(string line, string folder)
    {
        if (line.Length == 0 || line[0] == '#')
            return null;
        try
        {
            if (!line.Contains("://", StringComparison.Ordinal))
                return Path.GetFullPath(Path.DirectorySeparatorChar == '/' ? line : line.Replace('/', '\\'), folder);
            return Uri.TryCreate(line, UriKind.Absolute, out var uri) && uri.IsFile ? uri.LocalPath : null;
        }
        catch (ArgumentException)
        {
            // The line contains a character that is not allowed in paths.
            return null;
        }
    }
}
