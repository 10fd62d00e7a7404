using System.Runtime.InteropServices;

namespace TspActors.Peer.Terminal;

/// <summary>Stops the process for a while, as Ctrl+Z does in other programs; the shell's command fg continues it.</summary>
internal static partial class JobControl
{
    // SIGTSTP on Linux, and on macOS and BSD.
    private const int LinuxStop = 20;
    private const int OtherStop = 18;

    /// <summary>Stops the process until the shell continues it. Does nothing on Windows or without a shell.</summary>
    public static void Suspend()
    {
        if (!OperatingSystem.IsWindows())
            _ = Kill(Environment.ProcessId, OperatingSystem.IsLinux() ? LinuxStop : OtherStop);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
