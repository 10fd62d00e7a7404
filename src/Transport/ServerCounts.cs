namespace TspActors.Transport;

/// <summary>Counters of a server's open and refused connections. Thread-safe.</summary>
public sealed class ServerCounts
{
    private long _open;
    private long _refusedBusy;
    private long _refusedDraining;

    /// <summary>The number of open connections.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>The number of connections refused because too many were open.</summary>
    public long RefusedBusy => Interlocked.Read(ref _refusedBusy);

    /// <summary>The number of connections refused because the program was shutting down.</summary>
    public long RefusedDraining => Interlocked.Read(ref _refusedDraining);

    internal void Opened() => Interlocked.Increment(ref _open);

    internal void Closed() => Interlocked.Decrement(ref _open);

    internal void RefusedBusyNow() => Interlocked.Increment(ref _refusedBusy);

    internal void RefusedWhileDraining() => Interlocked.Increment(ref _refusedDraining);
}
