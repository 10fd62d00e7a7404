namespace TspActors.Peer;

/// <summary>The encryption modes of a peer: whether it speaks TLS with trackers, hosts and requesters (tsp.peer.encryption).</summary>
public enum PeerEncryption
{
    /// <summary>The peer speaks only plain TSP.</summary>
    Off,

    /// <summary>
    /// The peer speaks TLS with trackers and hosts that support it, and plain TSP with others. Requesters may use either.
    /// </summary>
    Prefer,

    /// <summary>The peer speaks only TLS.</summary>
    Require,
}
