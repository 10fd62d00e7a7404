using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace TspActors.Media.Library;

/// <summary>Determines on Linux whether a program has a file open for writing, for example because a download has paused.</summary>
/// <remarks>
/// The kernel grants a read lease on a file only while nobody has the file open for writing. It grants leases only to the file's owner and
/// to root, and not on every file system. A refusal for one of these reasons says nothing about other programs. Neither does a refusal on a
/// network share, because the kernel also refuses the lease if the server has not promised to report changes by other machines.
/// </remarks>
internal static partial class OpenWriterCheck
{
    // Linux constants, the same on every architecture.
    private const int SetSignal = 10;
    private const int SetLease = 1024;
    private const int ReadLease = 0;
    private const int NoLease = 2;
    private const int TryAgain = 11;

    // The kernel sends a signal to the holder of a lease when someone opens the file for writing. The default one, SIGIO, would
    // terminate this process; SIGURG is ignored by default.
    private const int IgnoredSignal = 23;

    /// <summary>
    /// Returns true if a program has the file open for writing; false if no program has, or if this cannot be determined.
    /// </summary>
    public static bool HasFileOpen(string path) => HasFileOpen(path, IsOnNetwork);

    // Tests replace the second parameter, because they have no network share.
    internal static bool HasFileOpen(string path, Func<string, bool> isOnNetwork)
    {
        // SIGURG has a different number on MIPS, which .NET does not support.
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            using var file = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
            if (Control(file, SetSignal, IgnoredSignal) != 0)
                return false;
            if (Control(file, SetLease, ReadLease) != 0)
                return Marshal.GetLastPInvokeError() == TryAgain && !isOnNetwork(path);
            _ = Control(file, SetLease, NoLease);
            return false;
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or ArgumentException)
        {
            // The scan reports the problem with the file.
            return false;
        }
    }

    private static bool IsOnNetwork(string path) => new DriveInfo(path).DriveType == DriveType.Network;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);
}
