using SharpFuzz.Common;

namespace TspActors.Fuzz;

/// <summary>The counts of branches that the instrumented parts keep, and afl-fuzz reads after each input.</summary>
internal static class BranchCounts
{
    private const int MapBytes = 1 << 16;

    /// <summary>Forgets what ran so far, so that the counts are those of the next input alone.</summary>
    public static unsafe void Clear()
    {
        new Span<byte>(Trace.SharedMem, MapBytes).Clear();
        Trace.PrevLocation = 0;
    }
}
