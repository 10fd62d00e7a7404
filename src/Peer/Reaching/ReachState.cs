using System.Net;
using TspActors.Peer.Tracking;

namespace TspActors.Peer.Reaching;

/// <summary>The reach of this peer, as far as it is known.</summary>
/// <param name="Port">The port on which this peer serves requesters.</param>
/// <param name="IsPortReachable">Whether the tracker could connect to the port; null = unknown.</param>
/// <param name="ListedAt">The address and port that the tracker passes on; null = unknown.</param>
/// <param name="Mapping">A human-readable status of the port mapping; null = no router was asked.</param>
/// <param name="IsCalledBack">Whether this peer connects to requesters that cannot connect to it.</param>
internal sealed record ReachState(
    int Port, bool? IsPortReachable, TrackerAddress? ListedAt = null, string? Mapping = null, bool IsCalledBack = false)
{
    /// <summary>Returns the state of a peer that listens on a port.</summary>
    public static ReachState From(LinkStatus link, IPEndPoint own, string? mapping) =>
        new(own.Port, link.PortReachable, link.ListedAt, mapping, link.IsCalledBack);
}
