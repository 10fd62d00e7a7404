using TspActors.Fuzz.Targets;

namespace TspActors.Fuzz;

/// <summary>Runs a target on one input after another, each within bounds of processor time and memory.</summary>
internal sealed class BoundedRun(FuzzTarget target)
{
    // afl-fuzz ends an input by the clock, so its limit has to allow for a busy machine. Processor time does not depend on that.
    private static readonly TimeSpan MaxTime = TimeSpan.FromSeconds(1);

    private bool _isWarm;

    /// <summary>Runs the target.</summary>
    /// <exception cref="BrokenRuleException">A rule does not hold. Any other exception is a finding, too.</exception>
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

    /// <summary>Runs the target on its seeds, once: what is compiled and initialized then counts for no input.</summary>
    public void WarmUp()
    {
        if (_isWarm)
            return;
        _isWarm = true;
        foreach (var seed in target.Seeds())
            target.Run(seed);
    }
}
