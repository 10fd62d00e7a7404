using System.Globalization;

namespace TspActors.EndToEnd.Tests.Programs;

/// <summary>Measures how busy the machine is, to lengthen the programs' deadlines that a busy machine would otherwise exceed.</summary>
public static class MachineSpeed
{
    private const double Slowest = 15;

    /// <summary>Returns a number of seconds that is enough on an idle machine, multiplied by the number of programs that share each
    /// processor now.</summary>
    public static string Seconds(double idle) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Ceiling(1_000 * idle * Math.Clamp(Load / Environment.ProcessorCount, 1, Slowest))}ms");

    // The number of programs that have wanted a processor, on average over the last minute. Only Linux provides it in a file.
    private static double Load => OperatingSystem.IsLinux()
        ? double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture)
        : 0;
}
