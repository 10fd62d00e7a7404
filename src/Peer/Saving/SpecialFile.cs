using TspActors.Media.Library;

namespace TspActors.Peer.Saving;

/// <summary>Recognizes devices, pipes and sockets. A save can write to such a file, but must not replace it.</summary>
internal static class SpecialFile
{
    /// <summary>Returns whether the path, after following links, leads to such a file. Always false on Windows.</summary>
    public static bool IsAt(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
            return false;
        return FileStatus.IsKnown
            ? FileStatus.Read(path, followsLinks: true) is { Kind: FileKind.Special }
            : Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
    }
}
