using TspActors.Fuzz.Targets;

namespace TspActors.Fuzz;

/// <summary>Runs a target on inputs, and checks that each one stays within bounds of processor time and memory.</summary>
internal sealed class BoundedRun(FuzzTarget target)
{
    // afl-fuzz limits an input by wall-clock time, so its limit must allow for a busy machine. A limit on processor time can be stricter.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    private bool _isWarm;

    /// <summary>Runs the target.</summary>
    /// <exception cref="BrokenRuleException">The input breaks a rule. Any other exception is a finding as well.</exception>
    public void Run(byte[] input)
    {
        WarmUp();
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var time = Environment.CpuUsage.TotalTime;
        target.Run(input);
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        time = Environment.CpuUsage.TotalTime - time;
        if (allocated > target.MaxAllocated(input.Length))
            throw new BrokenRuleException($"{input.Length} bytes took {allocated} bytes of memory");
        if (time > MaxTime)
            throw new BrokenRuleException($"{input.Length} bytes took {time.TotalMilliseconds} ms");
    }

    /// <summary>Runs the target once on its seeds, so that no input is charged for compilation and initialization.</summary>
    public void WarmUp()
    {
        if (_isWarm)
            return;
        _isWarm = true;
        foreach (var seed in target.Seeds())
            target.Run(seed);
    }
}
