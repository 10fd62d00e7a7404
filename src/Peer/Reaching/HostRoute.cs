using TspActors.Protocol;

namespace TspActors.Peer.Reaching;

/// <summary>A host of a song, and one way to it.</summary>
internal sealed record HostRoute(Host Host, HostWay Way)
{
    public HostRoute(Host host)
        : this(host, HostWay.Direct.Instance)
    {
    }

    /// <summary>The host's peer id.</summary>
    public PeerId Peer => new(Host.PeerId.Span);

    /// <summary>
    /// Whether the remote end is certain to be the host. A private address may belong to another machine on this peer's own network, and
    /// only a key can tell the two apart.
    /// </summary>
    public bool IsHostCertain => Way is not HostWay.Local || Host.Secure;
}
