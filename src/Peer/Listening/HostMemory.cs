using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Remembers the hosts that sent nothing when they were asked for a song, and those that sent verified bytes. All fetches share it.
/// Thread-safe.
/// </summary>
/// <param name="time">The clock; null for the system clock.</param>
internal sealed class HostMemory(TimeProvider? time = null)
{
    private const int Most = 1_000;

    // An entry expires, because the host may only have been overloaded or restarting.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, long> _silent = [];
    private readonly Dictionary<PeerId, long> _proven = [];
    private long? _lastSilent;

    /// <summary>Records that a host sent nothing when it was asked for a song.</summary>
    public void Silent(PeerId host)
    {
        lock (_gate)
        {
            _proven.Remove(host);
            _lastSilent = Record(_silent, host);
        }
    }

    /// <summary>Records that verified bytes of a song have arrived from a host.</summary>
    public void Delivered(PeerId host)
    {
        lock (_gate)
        {
            _silent.Remove(host);
            Record(_proven, host);
        }
    }

    /// <summary>
    /// Returns when to ask a host: 0 = first, 1 = in the tracker's order, 2 = last. Hosts that were silent recently come last. Once a host
    /// has been silent, those that have delivered recently come first; before that, the tracker's order spreads the load better.
    /// </summary>
    public int RankOf(PeerId host)
    {
        lock (_gate)
            return IsRecent(_silent, host) ? 2 : _lastSilent is { } last && IsRecent(last) && IsRecent(_proven, host) ? 0 : 1;
    }

    private bool IsRecent(Dictionary<PeerId, long> entries, PeerId host) => entries.TryGetValue(host, out var since) && IsRecent(since);

    private bool IsRecent(long since) => _time.GetElapsedTime(since) < Lifetime;

    // When the memory is full, the oldest entry is dropped.
    private long Record(Dictionary<PeerId, long> entries, PeerId host)
    {
        if (entries.Count >= Most && !entries.ContainsKey(host))
            entries.Remove(entries.MinBy(entry => entry.Value).Key);
        return entries[host] = _time.GetTimestamp();
    }
}
