using System.Runtime.InteropServices;

namespace TspActors.Peer.Terminal;

/// <summary>Suspends the process, as Ctrl+Z does in other programs. The shell's fg command resumes it.</summary>
internal static partial class JobControl
{
    // The numbers of SIGTSTP on Linux, and on macOS and BSD.
    private const int LinuxStop = 20;
    private const int OtherStop = 18;

    /// <summary>Suspends the process until the shell resumes it. Does nothing on Windows or without a shell.</summary>
    public static void Suspend()
    {
        if (!OperatingSystem.IsWindows())
            _ = Kill(Environment.ProcessId, OperatingSystem.IsLinux() ? LinuxStop : OtherStop);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
