using System.Runtime.InteropServices;

namespace TspActors.Transport;

/// <summary>How many files and sockets the operating system lets this process have open, and what each use of them may take.</summary>
/// <remarks>At the limit the runtime itself fails, which ends the process: so what a stranger can open is bounded well below it.</remarks>
public static partial class OpenFileLimit
{
    /// <summary>What a program has open by itself: its assemblies, its log, timers, its library's index.</summary>
    private const long Own = 256;

    private const int LinuxNoFile = 7;
    private const int DarwinNoFile = 8;

    private static readonly Lazy<long> InForce = new(Read);

    /// <summary>Files that may be open at once, sockets included.</summary>
    public static long Value => InForce.Value;

    /// <summary>Connections that a server may have: what the program itself, its open songs and a spare twentieth leave.</summary>
    public static int Connections => ConnectionsOf(Value);

    /// <summary>Songs that may be open to be streamed: a tenth.</summary>
    public static int Songs => SongsOf(Value);

    internal static int ConnectionsOf(long limit) => (int)Math.Clamp(limit - Own - (limit / 10) - (limit / 20), 16, int.MaxValue);

    internal static int SongsOf(long limit) => (int)Math.Clamp(limit / 10, 16, int.MaxValue);

    // .NET has raised the soft limit to the hard one when the process started.
    private static long Read()
    {
        if (OperatingSystem.IsWindows())
            return int.MaxValue;
        try
        {
            return GetLimit(
                OperatingSystem.IsMacOS() ? DarwinNoFile : LinuxNoFile,
                out var limit) == 0 ? (long)Math.Min(limit.Soft, int.MaxValue) : int.MaxValue;
        }
        catch (Exception error) when (error is DllNotFoundException or EntryPointNotFoundException)
        {
            // A system that cannot be asked sets no limit that could be kept.
            return int.MaxValue;
        }
    }

    [LibraryImport("libc", EntryPoint = "getrlimit")]
    private static partial int GetLimit(int resource, out ResourceLimit limit);

    [StructLayout(LayoutKind.Sequential)]
    private struct ResourceLimit
    {
        public nuint Soft;
        public nuint Hard;
    }
}
