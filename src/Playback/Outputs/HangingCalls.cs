namespace TspActors.Playback.Outputs;

/// <summary>
/// Counts the hanging calls to one driver. While the count is not zero, the driver is not used, so that threads do not pile up.
/// </summary>
internal sealed class HangingCalls
{
    private int _count;

    internal bool Any => Volatile.Read(ref _count) > 0;

    internal void Add() => Interlocked.Increment(ref _count);

    internal void Remove() => Interlocked.Decrement(ref _count);
}
