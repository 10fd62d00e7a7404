using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Remembers the hosts that sent nothing when they were asked for a song, so that later fetches ask them last. Thread-safe.
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

    /// <summary>Records that a host sent nothing when it was asked for a song.</summary>
    public void Silent(PeerId host)
    {
        lock (_gate)
        {
            // When the memory is full, the oldest entry is dropped.
            if (_silent.Count >= Most && !_silent.ContainsKey(host))
                _silent.Remove(_silent.MinBy(entry => entry.Value).Key);
            _silent[host] = _time.GetTimestamp();
        }
    }

    /// <summary>Records that a host has begun to send a song.</summary>
    public void Sent(PeerId host)
    {
        lock (_gate)
            _silent.Remove(host);
    }

    /// <summary>Returns whether a host was silent recently.</summary>
    public bool IsSilent(PeerId host)
    {
        lock (_gate)
            return _silent.TryGetValue(host, out var since) && _time.GetElapsedTime(since) < Lifetime;
    }
}
