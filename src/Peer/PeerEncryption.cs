namespace TspActors.Peer;

/// <summary>Whether a peer speaks TLS with trackers, hosts and requesters (tsp.peer.encryption).</summary>
public enum PeerEncryption
{
    /// <summary>It speaks plain TSP only.</summary>
    Off,

    /// <summary>It speaks TLS with those that can, and plain TSP with others. Requesters may use either.</summary>
    Prefer,

    /// <summary>It speaks TLS only.</summary>
    Require,
}
