namespace TspActors.Transport;

/// <summary>What a listener has let in and sent away; it adds, anyone reads.</summary>
public sealed class ServerCounts
{
    private long _open;
    private long _refusedBusy;
    private long _refusedDraining;

    /// <summary>Connections that are open.</summary>
    public long Open => Interlocked.Read(ref _open);

    /// <summary>Connections refused because there were too many.</summary>
    public long RefusedBusy => Interlocked.Read(ref _refusedBusy);

    /// <summary>Connections refused because the program was going down.</summary>
    public long RefusedDraining => Interlocked.Read(ref _refusedDraining);

    internal void Opened() => Interlocked.Increment(ref _open);

    internal void Closed() => Interlocked.Decrement(ref _open);

    internal void TurnedAway(bool draining)
    {
        if (draining)
            Interlocked.Increment(ref _refusedDraining);
        else
            Interlocked.Increment(ref _refusedBusy);
    }
}
