using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>The kind of file that a path or a file handle refers to.</summary>
public enum FileKind
{
    /// <summary>A regular file.</summary>
    File,

    /// <summary>A folder.</summary>
    Folder,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A device, a pipe or a socket.</summary>
    Special,
}

/// <summary>A file's status on Linux, which .NET does not expose. On other systems, it is not available.</summary>
/// <param name="Kind">The kind of file.</param>
/// <param name="Device">The number of the file system that contains the file.</param>
/// <param name="Inode">The inode number of the file in that file system.</param>
/// <param name="Links">The number of hard links to the file.</param>
/// <param name="Owner">The id of the user that owns the file.</param>
/// <param name="Length">The length in bytes.</param>
/// <param name="ModifiedTicks">The last write time, UTC, in ticks of 100 ns. The owner can set it.</param>
/// <param name="ChangedTicks">The time of the last change to the content or status, in the same unit. The owner cannot set it.</param>
public readonly partial record struct FileStatus(
    FileKind Kind, ulong Device, ulong Inode, uint Links, uint Owner, long Length, long ModifiedTicks, long ChangedTicks)
{
    private const int CurrentFolder = -100;
    private const int NoFollow = 0x100;
    private const int EmptyPath = 0x1000;
    private const uint BasicStatus = 0x7FF;
    private const int TooManyLinks = 40;
    private const int NoPermission = 13;

    private const int TypeMask = 0xF000;
    private const int RegularType = 0x8000;
    private const int FolderType = 0x4000;
    private const int LinkType = 0xA000;

    /// <summary>
    /// True if <see cref="Read(string, bool)"/> and <see cref="Read(SafeFileHandle)"/> work here, that is, on Linux with statx.
    /// </summary>
    public static bool IsKnown { get; } = Probe();

    /// <summary>The effective user id of this process.</summary>
    public static uint User => GetEffectiveUser();

    /// <summary>
    /// Reads the status of the file or folder at a path. Returns null if nothing is there, or if the status is not available.
    /// </summary>
    /// <exception cref="IOException">The links form a cycle, or there are too many of them.</exception>
    public static FileStatus? Read(string path, bool followsLinks) => Read(path, followsLinks, out _);

    /// <summary>
    /// Reads the status of the file or folder at a path. Returns null if nothing is there, or if the status is not available, for example
    /// because the program is not allowed to enter a folder on the path.
    /// </summary>
    /// <exception cref="IOException">The links form a cycle, or there are too many of them.</exception>
    internal static FileStatus? Read(string path, bool followsLinks, out bool isForbidden)
    {
        isForbidden = false;
        if (!IsKnown)
            return null;
        var status = default(Statx);
        if (ReadPath(CurrentFolder, path, followsLinks ? 0 : NoFollow, BasicStatus, ref status) == 0)
            return From(status);
        var error = Marshal.GetLastPInvokeError();
        isForbidden = error == NoPermission;
        return error == TooManyLinks ? throw new IOException("Too many levels of symbolic links.") : null;
    }

    /// <summary>Reads the status of an open file. Returns null if the status is not available.</summary>
    public static FileStatus? Read(SafeFileHandle file)
    {
        var status = default(Statx);
        return IsKnown && ReadHandle(file, "", EmptyPath, BasicStatus, ref status) == 0 ? From(status) : null;
    }

    /// <summary>Returns whether both describe the same file, even if the file has changed in between.</summary>
    public bool IsSameFile(FileStatus other) => Inode == other.Inode && Device == other.Device;

    private static FileStatus From(in Statx status) => new(
        (status.Mode & TypeMask) switch
        {
            RegularType => FileKind.File,
            FolderType => FileKind.Folder,
            LinkType => FileKind.Link,
            _ => FileKind.Special,
        },
        (ulong)status.DeviceMajor << 32 | status.DeviceMinor, status.Inode, status.Links, status.Owner, (long)status.Size,
        status.Modified.Ticks, status.Changed.Ticks);

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            var status = default(Statx);
            return ReadPath(CurrentFolder, "/", 0, BasicStatus, ref status) == 0;
        }
        catch (EntryPointNotFoundException)
        {
            // The C library is too old for statx.
            return false;
        }
    }

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ReadPath(int folder, string path, int flags, uint mask, ref Statx status);

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8, SetLastError = true)]
    private static partial int ReadHandle(SafeFileHandle file, string path, int flags, uint mask, ref Statx status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint GetEffectiveUser();

    // struct statx has the same layout on every Linux system.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Statx
    {
        [FieldOffset(16)]
        public uint Links;

        [FieldOffset(20)]
        public uint Owner;

        [FieldOffset(28)]
        public ushort Mode;

        [FieldOffset(32)]
        public ulong Inode;

        [FieldOffset(40)]
        public ulong Size;

        [FieldOffset(96)]
        public StatxTime Changed;

        [FieldOffset(112)]
        public StatxTime Modified;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct StatxTime
    {
        public long Seconds;
        public uint Nanoseconds;
        public int Reserved;

        private const long FirstSecond = 62_135_596_800;
        private const long LastSecond = 253_402_300_798;

        // Some file systems store times outside the years 1 to 9999, which DateTime, and therefore the index, cannot represent.
        public readonly long Ticks => DateTime.UnixEpoch.Ticks
            + Math.Clamp(Seconds, -FirstSecond, LastSecond) * TimeSpan.TicksPerSecond + Nanoseconds / 100;
    }
}
