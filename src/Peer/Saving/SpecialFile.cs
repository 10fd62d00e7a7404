using System.Runtime.InteropServices;

namespace TspActors.Peer.Saving;

/// <summary>Tells devices, pipes and sockets, which can be written to but never replaced, from files.</summary>
internal static partial class SpecialFile
{
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 0x1;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    // struct statx is the same on every Linux: 256 bytes, the mode at 28.
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;

    /// <summary>Returns whether the path, links followed, exists and is neither a file nor a folder.</summary>
    public static bool IsAt(string path)
    {
        if (OperatingSystem.IsWindows() || !Path.Exists(path))
            return false;
        if (!OperatingSystem.IsLinux())
            return Path.GetFullPath(path).StartsWith("/dev/", StringComparison.Ordinal);
        Span<byte> status = stackalloc byte[StatxBytes];
        if (Statx(CurrentFolder, path, 0, TypeOnly, ref MemoryMarshal.GetReference(status)) != 0)
            return false;
        return (MemoryMarshal.Read<ushort>(status[ModeOffset..]) & TypeMask) is not (RegularFile or Folder);
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int folder, string path, int flags, uint mask, ref byte status);
}
