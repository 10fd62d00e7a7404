using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Transport;

/// <summary>Gives the files that root creates in another user's folder to that user.</summary>
/// <remarks>
/// An administrator may run a command as root in the data folder of a program that runs as another user. The files that the command creates
/// are private, so the program could not read them if they still belonged to root. This applies only to Linux, where packages run the
/// programs as dedicated users.
/// </remarks>
public static partial class FolderOwner
{
    private const int CurrentFolder = -100;
    private const uint UserAndGroup = 0x8 | 0x10;

    /// <summary>Opens a file. If it does not exist, creates it for the owner of its folder.</summary>
    /// <param name="path">The file.</param>
    /// <param name="open">Opens the file in the given mode.</param>
    public static FileStream OpenOrCreate(string path, Func<FileMode, FileStream> open)
    {
        ArgumentNullException.ThrowIfNull(open);
        if (File.Exists(path))
            return open(FileMode.OpenOrCreate);
        try
        {
            var created = open(FileMode.CreateNew);
            Give(created);
            return created;
        }
        catch (IOException) when (File.Exists(path))
        {
            // Another program has just created the file.
            return open(FileMode.OpenOrCreate);
        }
    }

    /// <summary>Gives a file that this program has just created to the owner of its folder.</summary>
    /// <param name="created">
    /// The file, opened with <see cref="FileMode.CreateNew"/>. Any other file could be a link, made by the folder's owner, to a file that
    /// the owner must not receive.
    /// </param>
    /// <remarks>If the system does not allow this, root keeps the file, and the program that cannot read it reports an error.</remarks>
    public static void Give(FileStream created)
    {
        ArgumentNullException.ThrowIfNull(created);
        if (!OperatingSystem.IsLinux() || !Environment.IsPrivilegedProcess)
            return;
        try
        {
            if (ReadStatus(CurrentFolder, Path.GetDirectoryName(Path.GetFullPath(created.Name))!, 0, UserAndGroup, out var folder) == 0
                && folder.User != 0)
                _ = ChangeOwner(created.SafeFileHandle, folder.User, folder.Group);
        }
        catch (EntryPointNotFoundException)
        {
            // An old C library has no statx.
        }
    }

    // Unlike stat's result, statx's result has the same layout on every processor.
    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int ReadStatus(int folder, string path, int flags, uint mask, out Status status);

    [LibraryImport("libc", EntryPoint = "fchown")]
    private static partial int ChangeOwner(SafeFileHandle file, uint user, uint group);

    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(20)]
        public uint User;

        [FieldOffset(24)]
        public uint Group;
    }
}
