using System.Globalization;
using System.Runtime.InteropServices;

namespace TspActors.Playback.Mpg123;

/// <summary>
/// Limits how much sound a PulseAudio stream may buffer. libout123's pulse driver leaves the limit to the server, which uses two seconds,
/// so a pause, a volume change or a seek would become audible only after that time. The variable PULSE_LATENCY_MSEC sets the limit:
/// libpulse reads it whenever it creates a stream.
/// </summary>
internal static partial class PulseLatency
{
    private const string Variable = "PULSE_LATENCY_MSEC";

    // A value set by the user takes precedence.
    private static readonly bool SetByUser = Environment.GetEnvironmentVariable(Variable) is not null;

    internal static void Request(TimeSpan buffer)
    {
        if (!SetByUser)
            // Native libraries do not see a variable that is set through .NET's Environment class.
            _ = SetNativeVariable(
                Variable, ((int)Math.Max(1, buffer.TotalMilliseconds)).ToString(CultureInfo.InvariantCulture), overwrite: 1);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetNativeVariable(string name, string value, int overwrite);
}
