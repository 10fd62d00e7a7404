using TspActors.Protocol;

namespace TspActors.Peer.Listening;

/// <summary>
/// Remembers the hosts that were silent when they were asked for a song, so that other songs ask them last. Thread-safe.
/// </summary>
/// <param name="time">The clock; null = the system's.</param>
internal sealed class HostMemory(TimeProvider? time = null)
{
    private const int Most = 1_000;

    // A host that was restarted or overloaded gets another chance.
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(10);

    private readonly TimeProvider _time = time ?? TimeProvider.System;
    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, long> _silent = [];

    /// <summary>Notes that a host did not send a byte when it was asked.</summary>
    public void Silent(PeerId host)
    {
        lock (_gate)
        {
            // With very many of them the memory is of little use, whichever go.
            if (_silent.Count >= Most && !_silent.ContainsKey(host))
                _silent.Remove(_silent.MinBy(entry => entry.Value).Key);
            _silent[host] = _time.GetTimestamp();
        }
    }

    /// <summary>Notes that a host has sent a song.</summary>
    public void Sent(PeerId host)
    {
        lock (_gate)
            _silent.Remove(host);
    }

    /// <summary>Returns whether a host was silent of late.</summary>
    public bool IsSilent(PeerId host)
    {
        lock (_gate)
            return _silent.TryGetValue(host, out var since) && _time.GetElapsedTime(since) < Lifetime;
    }
}
