namespace TspActors.Playback.Deadline;

/// <summary>The calls of one driver that nobody waits for any more: while there is one the driver is left alone, so that threads do not pile up.</summary>
internal sealed class HangingCalls
{
    private int _count;

    internal bool Any => Volatile.Read(ref _count) > 0;

    internal void Left() => Interlocked.Increment(ref _count);

    internal void CameBack() => Interlocked.Decrement(ref _count);
}
