using System.Text;
using TspActors.Media.Library;
using TspActors.Media.Mp3;

namespace TspActors.Media.Folders;

/// <summary>Reads a .tspignore file safely, even if a pipe, a device or a huge file has that name.</summary>
internal static class IgnoreFile
{
    /// <summary>Returns the lines; null if the file does not exist, is empty, or is not a regular file.</summary>
    /// <exception cref="IOException">The file is longer than <paramref name="maxBytes"/>, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The program does not have permission to read the file.</exception>
    public static IEnumerable<string>? ReadLines(string path, int maxBytes)
    {
        // Pipes and devices, which have no length, are not read, because opening a pipe would wait for a writer.
        if (FileStat.Read(path) is not { Length: > 0 } stat)
            return null;
        if (stat.Length > maxBytes)
            throw TooLong(maxBytes);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        // One byte more than allowed, because the file may have grown.
        var bytes = new byte[maxBytes + 1];
        var length = FileBytes.ReadFully(file, bytes, 0);
        if (length > maxBytes)
            throw TooLong(maxBytes);
        using var reader = new StreamReader(new MemoryStream(bytes, 0, length), Encoding.UTF8);
        return reader.ReadToEnd().Split('\n');
    }

    private static IOException TooLong(int maxBytes) =>
        new($"the folder is not shared, because its {FolderRules.FileName} is longer than {maxBytes} bytes");
}
