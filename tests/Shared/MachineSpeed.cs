using System.Diagnostics;
using System.Globalization;

namespace TspActors.Shared;

/// <summary>Measures how busy the machine is, to lengthen the deadlines that a busy machine would otherwise exceed.</summary>
public static class MachineSpeed
{
    private const double Slowest = 15;

    // The usual deadlines are long enough while at most this many programs share each processor.
    private const double Reserve = 3;

    // Linux updates the load this often.
    private static readonly TimeSpan UpdateInterval = TimeSpan.FromSeconds(5);

    private static readonly Lock Gate = new();
    private static double _slowness;
    private static long _measuredAt;

    // The number of programs that share each processor.
    private static double Slowness
    {
        get
        {
            lock (Gate)
            {
                if (_slowness == 0 || Stopwatch.GetElapsedTime(_measuredAt) >= UpdateInterval)
                    (_slowness, _measuredAt) = (Math.Clamp(Load / Environment.ProcessorCount, 1, Slowest), Stopwatch.GetTimestamp());
                return _slowness;
            }
        }
    }

    // The number of programs that have wanted a processor, on average over the last minute. Only Linux provides it in a file.
    private static double Load => OperatingSystem.IsLinux()
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;

    /// <summary>Returns a number of seconds that is enough on an idle machine, multiplied by the number of programs that share each
    /// processor now.</summary>
    public static string Seconds(double idle) => Setting(TimeSpan.FromSeconds(idle) * Slowness);

    /// <summary>
    /// Returns a deadline that turns a hang into a failure: the usual one, which only a very busy machine would exceed, or up to five times
    /// as long while the machine is that busy.
    /// </summary>
    public static TimeSpan Deadline(TimeSpan usual) => usual * Math.Max(1, Slowness / Reserve);

    /// <summary>Returns a time as the value of a setting.</summary>
    public static string Setting(TimeSpan time) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(time.TotalMilliseconds)}ms");
}
