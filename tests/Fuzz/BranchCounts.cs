using SharpFuzz.Common;

namespace TspActors.Fuzz;

/// <summary>The branch counts that the instrumented parts collect, and that afl-fuzz reads after each input.</summary>
internal static class BranchCounts
{
    private const int MapBytes = 1 << 16;

    /// <summary>Resets the counts, so that they cover only the next input.</summary>
    public static unsafe void Clear()
    {
        new Span<byte>(Trace.SharedMem, MapBytes).Clear();
        Trace.PrevLocation = 0;
    }
}
