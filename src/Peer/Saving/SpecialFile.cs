using TspActors.Media.Library;

namespace TspActors.Peer.Saving;

/// <summary>Tells devices, pipes and sockets, which can be written to but never replaced, from files.</summary>
internal static class SpecialFile
{
    /// <summary>Returns whether the path, links followed, exists and is neither a file nor a folder.</summary>
    public static bool IsAt(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
            return false;
        return FileStatus.IsKnown
            ? FileStatus.Read(path, followsLinks: true) is { Kind: FileKind.Special }
            : Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
    }
}
