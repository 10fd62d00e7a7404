using System.Globalization;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// Tells libpulse how much sound a stream may hold. The pulse driver of libout123 leaves that to the server, which uses two seconds; a
/// pause, a volume change or a seek would take that long to be heard. libpulse reads the variable PULSE_LATENCY_MSEC whenever it creates a
/// stream.
/// </summary>
internal static partial class PulseLatency
{
    private const string Variable = "PULSE_LATENCY_MSEC";

    // A value set by the user stays in force.
    private static readonly bool SetByUser = Environment.GetEnvironmentVariable(Variable) is not null;

    internal static void Request(TimeSpan buffer)
    {
        if (!SetByUser)
            // A native library does not see .NET's own copy of the environment.
            _ = SetNativeVariable(
                Variable, ((int)Math.Max(1, buffer.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture), overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
