namespace TspActors.Peer.Reaching.Mapping;

/// <summary>When a peer asks the router to forward its port (tsp.peer.port-mapping).</summary>
public enum PortMappingMode
{
    /// <summary>Only once the tracker has failed to connect to the port, and never in a container.</summary>
    Auto,

    /// <summary>As soon as the peer starts.</summary>
    On,

    /// <summary>Never.</summary>
    Off,
}
