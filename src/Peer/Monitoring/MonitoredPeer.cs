using Akka.Actor;
using TspActors.Peer.Hosting;
using TspActors.Transport;
using TspActors.Transport.Relays;

namespace TspActors.Peer.Monitoring;

/// <summary>The components of a peer that supply its metrics and its health.</summary>
internal sealed record MonitoredPeer
{
    /// <summary>The TrackerLinkActor.</summary>
    public required IActorRef TrackerLink { get; init; }

    /// <summary>The LibraryActor.</summary>
    public required IActorRef Library { get; init; }

    /// <summary>The HostingActor.</summary>
    public required IActorRef Hosting { get; init; }

    /// <summary>Counts the host's streams and the bytes that it sends.</summary>
    public required HostingCounts Counts { get; init; }

    /// <summary>Counts the connections to the peer's port.</summary>
    public required ServerCounts Connections { get; init; }

    /// <summary>Counts the connections and bytes that the peer relays; null if it is not a relay.</summary>
    public required RelayCounts? Relay { get; init; }

    /// <summary>Returns the number of songs that the peer shares.</summary>
    public required Func<int> SongsShared { get; init; }
}
