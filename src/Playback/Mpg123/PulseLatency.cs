using System.Globalization;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// Tells libpulse how much sound a stream may hold. The pulse driver of libout123 leaves that to the server, which takes two seconds: so long
/// would a pause, a volume or a seek take to be heard. libpulse reads the variable PULSE_LATENCY_MSEC whenever a stream is made.
/// </summary>
internal static partial class PulseLatency
{
    private const string Variable = "PULSE_LATENCY_MSEC";

    // What the user has set stays in force.
    private static readonly bool SetByUser = Environment.GetEnvironmentVariable(Variable) is not null;

    internal static void Ask(TimeSpan buffer)
    {
        if (!SetByUser)
            // .NET's own copy of the environment is not what a native library reads.
            _ = SetNativeVariable(Variable, ((int)Math.Max(1, buffer.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture), overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
