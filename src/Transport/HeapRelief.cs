using System.Diagnostics;

namespace TspActors.Transport;

/// <summary>
/// Collects garbage in the background before the heap of this process reaches its limit, as in a container.
/// </summary>
/// <remarks>
/// At nine tenths of the limit, the garbage collector pauses the process for a full collection: 0.15 s if 250 MB are alive. One in the
/// background, begun earlier, pauses it for a fraction of that. Without a limit, the runtime counts the memory of the machine.
/// </remarks>
public sealed class HeapRelief : IDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    private readonly HeapPressure _pressure = new();
    private readonly Timer _timer;

    private HeapRelief() => _timer = new Timer(static relief => ((HeapRelief)relief!).Look(), this, Interval, Interval);

    /// <summary>Begins to watch the heap.</summary>
    public static HeapRelief Start() => new();

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void Look()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        if (limit <= 0)
            return;
        // A collection may take longer than the interval.
        lock (_pressure)
        {
            if (_pressure.IsDue(GC.GetTotalMemory(forceFullCollection: false), limit, Stopwatch.GetElapsedTime(0)))
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Forced, blocking: false);
        }
    }
}
