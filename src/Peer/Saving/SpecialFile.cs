using TspActors.Media.Library;

namespace TspActors.Peer.Saving;

/// <summary>Recognizes devices, pipes and sockets. A program can write to such a file, but must not replace it.</summary>
internal static class SpecialFile
{
    /// <summary>Returns whether the path, after following links, exists and is neither a file nor a folder.</summary>
    public static bool IsAt(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
            return false;
        return FileStatus.IsKnown
            ? FileStatus.Read(path, followsLinks: true) is { Kind: FileKind.Special }
            : Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
    }
}
