using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// To the TrackerActor, from a PeerActor: it speaks for this host from now on. The host's songs go when the PeerActor stops.
/// </summary>
internal sealed record HostJoined(CatalogHost Host, bool WantsBroadcasts) : ILocalMessage;

/// <summary>
/// To the TrackerActor, from a PeerActor: put this batch of its share into the catalog. Answered by <see cref="Peers.SongsAssigned"/>.
/// </summary>
/// <param name="Peer">The host.</param>
/// <param name="Share">The batch.</param>
internal sealed record ApplyShare(PeerId Peer, SharedBatch Share) : ILocalMessage;

/// <summary>
/// To the TrackerActor, from the IdReplicaActor: put this batch, whose songs have the cluster's ids, into the catalog. The PeerActor is
/// answered by <see cref="Peers.SongsAssigned"/>.
/// </summary>
/// <param name="Peer">The host.</param>
/// <param name="Share">The batch; songs that got no id carry a refusal.</param>
/// <param name="PeerActor">The actor that sent the batch. If another one speaks for the peer by now, the batch is dropped.</param>
internal sealed record ApplyResolvedShare(PeerId Peer, SharedBatch Share, IActorRef PeerActor) : ILocalMessage;

/// <summary>
/// To the TrackerActor, from a PeerActor: the connection has sent the whole broadcast. A PeerActor that tells its peer to list again
/// instead does not send this.
/// </summary>
internal sealed record CatalogChangeSent(CatalogChanged Change) : ILocalMessage;
