namespace TspActors.Playback.Deadline;

/// <summary>Counts the abandoned calls of one driver. While there is one, the driver is not used, so that threads do not pile up.</summary>
internal sealed class HangingCalls
{
    private int _count;

    internal bool Any => Volatile.Read(ref _count) > 0;

    internal void Left() => Interlocked.Increment(ref _count);

    internal void CameBack() => Interlocked.Decrement(ref _count);
}
