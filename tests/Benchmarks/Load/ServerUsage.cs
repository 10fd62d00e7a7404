using System.Diagnostics;
using System.Globalization;

namespace TspActors.Benchmarks.Load;

/// <summary>The processor time and memory of a process and its descendants, as reported by the operating system (Linux).</summary>
internal readonly record struct ServerUsage(TimeSpan Processor, long ResidentBytes)
{
    private const int TicksPerSecond = 100;

    /// <summary>Returns the usage of the process so far; zero for process 0.</summary>
    public static ServerUsage Of(int processId)
    {
        if (processId == 0)
            return default;
        var (ticks, resident) = (0L, 0L);
        foreach (var id in Family(processId))
        {
            // The fields after the name, which is in brackets and may contain anything. Fields 11 and 12 are user and system time.
            var fields = File.ReadAllText($"/proc/{id}/stat").Split(") ")[^1].Split(' ');
            ticks += long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture);
            resident += long.Parse(fields[21], CultureInfo.InvariantCulture) * Environment.SystemPageSize;
        }

        return new ServerUsage(TimeSpan.FromSeconds((double)ticks / TicksPerSecond), resident);
    }

    public static TimeSpan OwnProcessor()
    {
        using var self = Process.GetCurrentProcess();
        return self.TotalProcessorTime;
    }

    // Threads may end while they are listed.
    private static string ReadChildren(string task)
    {
        try
        {
            return File.ReadAllText($"{task}/children");
        }
        catch (IOException)
        {
            return "";
        }
    }

    private static IEnumerable<int> Family(int processId)
    {
        yield return processId;
        foreach (var task in Directory.GetDirectories($"/proc/{processId}/task"))
        {
            foreach (var child in ReadChildren(task).Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                foreach (var id in Family(int.Parse(child, CultureInfo.InvariantCulture)))
                    yield return id;
            }
        }
    }
}
