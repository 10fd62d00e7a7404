using System.Net;
using Akka.Actor;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Reachability;

/// <summary>From the PortWatchActor to the TrackerActor: the reachability of a host's port has changed.</summary>
internal sealed record ReachChanged(CatalogHost Host, PortReach Reach) : ILocalMessage;

/// <summary>From the PortWatchActor to the TrackerActor: a host is now reached at a different port or different local endpoints.</summary>
/// <param name="Host">The host.</param>
/// <param name="Port">The port.</param>
/// <param name="LocalEndpoints">The local endpoints; null = unchanged.</param>
internal sealed record HostMoved(CatalogHost Host, int Port, IReadOnlyList<string>? LocalEndpoints) : ILocalMessage;

/// <summary>To the PortWatchActor: probe this host's port at this address for as long as its PeerActor lives.</summary>
internal sealed record WatchPort(CatalogHost Host, IPAddress Address, IActorRef Peer, IActorRef Connection) : ILocalMessage;

/// <summary>From a session to the PortWatchActor: its peer reports where others can reach it now.</summary>
/// <param name="Peer">The PeerActor.</param>
/// <param name="Port">The port to probe.</param>
/// <param name="LocalEndpoints">The peer's endpoints on its own network.</param>
/// <param name="RequestId">The id of the request, which an ERROR repeats.</param>
internal sealed record TryPort(IActorRef Peer, int Port, IReadOnlyList<string> LocalEndpoints, int RequestId) : ILocalMessage;

/// <summary>
/// To the PortWatchActor: at which endpoint was this peer reached within <see cref="PortWatchActor.Recently"/>? The reply is
/// <see cref="PortAnswer"/>, if necessary after a probe.
/// </summary>
/// <param name="Peer">The PeerActor.</param>
/// <param name="Tag">Identifies the question.</param>
internal sealed record AskPort(IActorRef Peer, object Tag) : ILocalMessage;

/// <summary>From the PortWatchActor: the endpoint that was reached; null = none.</summary>
internal sealed record PortAnswer(object Tag, IPEndPoint? Reached) : ILocalMessage;
