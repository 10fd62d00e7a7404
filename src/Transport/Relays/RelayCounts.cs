namespace TspActors.Transport.Relays;

/// <summary>Counters of a relay. Thread-safe.</summary>
public sealed class RelayCounts
{
    private long _bytes;
    private long _refused;
    private int _sessions;

    /// <summary>The number of pairs of connections that are being relayed now.</summary>
    public int Sessions => Volatile.Read(ref _sessions);

    /// <summary>The number of bytes relayed so far, both directions together.</summary>
    public long Bytes => Interlocked.Read(ref _bytes);

    /// <summary>The number of places and tickets that were refused.</summary>
    public long Refused => Interlocked.Read(ref _refused);

    internal void AddBytes(int bytes) => Interlocked.Add(ref _bytes, bytes);

    internal void AddRefused() => Interlocked.Increment(ref _refused);

    internal void ChangeSessions(int by) => Interlocked.Add(ref _sessions, by);
}
