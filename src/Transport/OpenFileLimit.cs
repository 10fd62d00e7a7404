using System.Runtime.InteropServices;

namespace TspActors.Transport;

/// <summary>The operating system's limit on open files and sockets for this process, and how it is divided.</summary>
/// <remarks>
/// At the limit, the runtime itself fails and the process exits, so the handles that remote ends can open are capped well below it.
/// </remarks>
public static partial class OpenFileLimit
{
    /// <summary>Handles that the program itself needs: for assemblies, the log, timers and the library index.</summary>
    private const long Own = 256;

    private const int LinuxNoFile = 7;
    private const int DarwinNoFile = 8;

    private static readonly Lazy<long> InForce = new(Read);

    /// <summary>How many files may be open at the same time, sockets included.</summary>
    public static long Value => InForce.Value;

    /// <summary>
    /// How many TSP connections a server may have: the limit minus the program's own handles, HTTP connections, open songs and a reserve of
    /// 5 %.
    /// </summary>
    public static int Connections => ConnectionsUnder(Value);

    /// <summary>How many songs may be open for streaming: a tenth of the limit.</summary>
    public static int Songs => SongsUnder(Value);

    /// <summary>How many HTTP connections the gateway may have: an eighth of the limit.</summary>
    public static int HttpConnections => HttpConnectionsUnder(Value);

    internal static int ConnectionsUnder(long limit) =>
        (int)Math.Clamp(limit - Own - HttpConnectionsUnder(limit) - (limit / 10) - (limit / 20), 16, int.MaxValue);

    internal static int HttpConnectionsUnder(long limit) => (int)Math.Clamp(limit / 8, 16, int.MaxValue);

    internal static int SongsUnder(long limit) => (int)Math.Clamp(limit / 10, 16, int.MaxValue);

    // .NET raises the soft limit to the hard limit when a process starts.
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
            // Without getrlimit, the limit is unknown, so none is applied.
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
