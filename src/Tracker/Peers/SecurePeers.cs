using TspActors.Protocol;

namespace TspActors.Tracker.Peers;

/// <summary>
/// The peers that were registered over TLS and have left. For a day, nobody can register under the id of such a peer without its key.
/// </summary>
/// <remarks>Thread-safe.</remarks>
/// <param name="time">The clock.</param>
internal sealed class SecurePeers(TimeProvider time)
{
    /// <summary>The maximum number of peers that are remembered. Beyond that number, those that left first are forgotten.</summary>
    public const int Most = 50_000;

    private static readonly TimeSpan Memory = TimeSpan.FromDays(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<PeerId, LinkedListNode<(PeerId Peer, long LeftAt)>> _byPeer = [];
    private readonly LinkedList<(PeerId Peer, long LeftAt)> _oldestFirst = [];

    /// <summary>Records that a peer has just left.</summary>
    public void Add(PeerId peer)
    {
        lock (_gate)
        {
            // A peer that leaves again and again has only one entry.
            if (_byPeer.Remove(peer, out var before))
                _oldestFirst.Remove(before);
            _byPeer[peer] = _oldestFirst.AddLast((peer, time.GetTimestamp()));
            Forget();
        }
    }

    /// <summary>Returns whether a peer has left within the last day.</summary>
    public bool Contains(PeerId peer)
    {
        lock (_gate)
        {
            Forget();
            return _byPeer.ContainsKey(peer);
        }
    }

    private void Forget()
    {
        while (_oldestFirst.First is { } oldest && (_byPeer.Count > Most || time.GetElapsedTime(oldest.Value.LeftAt) >= Memory))
        {
            _byPeer.Remove(oldest.Value.Peer);
            _oldestFirst.RemoveFirst();
        }
    }
}
