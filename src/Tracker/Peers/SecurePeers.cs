using TspActors.Protocol;

namespace TspActors.Tracker.Peers;

/// <summary>
/// The peers that were registered over TLS and have left. For a day, nobody can register under their ids without their keys.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="time">The clock.</param>
internal sealed class SecurePeers(TimeProvider time)
{
    /// <summary>The maximum number of peers that are remembered. Beyond it, those that left first are forgotten.</summary>
    public const int Most = 50_000;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, long> _leftAt = [];
    private readonly Queue<(PeerId Peer, long LeftAt)> _oldest = new();

    /// <summary>Records that a peer has just left.</summary>
    public void Add(PeerId peer)
    {
        lock (_gate)
        {
            var now = time.GetTimestamp();
            _leftAt[peer] = now;
            _oldest.Enqueue((peer, now));
            Forget();
        }
    }

    /// <summary>Returns true if a peer has left within the last day.</summary>
    public bool Contains(PeerId peer)
    {
        lock (_gate)
        {
            Forget();
            return _leftAt.ContainsKey(peer);
        }
    }

    private void Forget()
    {
        while (_oldest.TryPeek(out var oldest) && (_oldest.Count > Most || time.GetElapsedTime(oldest.LeftAt) >= Memory))
        {
            _oldest.Dequeue();
            // The peer may have come back and left again.
            if (_leftAt.TryGetValue(oldest.Peer, out var leftAt) && leftAt == oldest.LeftAt)
                _leftAt.Remove(oldest.Peer);
        }
    }
}
