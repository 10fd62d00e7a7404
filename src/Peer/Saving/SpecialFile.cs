using System.Runtime.InteropServices;

namespace TspActors.Peer.Saving;

/// <summary>Recognizes devices, pipes and sockets. A program can write to them, but must not replace them.</summary>
internal static partial class SpecialFile
{
    private const int CurrentFolder = -100;
    private const uint TypeOnly = 0x1;
    private const int TypeMask = 0xF000;
    private const int RegularFile = 0x8000;
    private const int Folder = 0x4000;

    // struct statx is the same on every Linux: 256 bytes, with the mode at offset 28.
    private const int StatxBytes = 256;
    private const int ModeOffset = 28;

    /// <summary>Returns whether the path, after following links, exists and is neither a file nor a folder.</summary>
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
