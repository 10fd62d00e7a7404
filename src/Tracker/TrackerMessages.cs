using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// From a PeerActor to the TrackerActor: the sender now represents this host. When the sender stops, the host's songs are withdrawn.
/// </summary>
internal sealed record HostJoined(CatalogHost Host, bool WantsBroadcasts) : ILocalMessage
{
    /// <summary>The digest of the resume secret in the peer's welcome; empty if the welcome contained none.</summary>
    public ByteString ResumeDigest { get; init; } = ByteString.Empty;
}

/// <summary>
/// From a PeerActor to the TrackerActor: apply this batch of the peer's share to the catalog. The reply is
/// <see cref="Peers.SongsAssigned"/>.
/// </summary>
/// <param name="Peer">The host.</param>
/// <param name="Share">The batch.</param>
internal sealed record ApplyShare(PeerId Peer, SharedBatch Share) : ILocalMessage;

/// <summary>
/// From the IdReplicaActor to the TrackerActor: apply this batch, whose songs have the cluster's ids, to the catalog. The reply,
/// <see cref="Peers.SongsAssigned"/>, goes to the PeerActor.
/// </summary>
/// <param name="Peer">The host.</param>
/// <param name="Share">The batch. Songs without an id carry a refusal.</param>
/// <param name="PeerActor">The actor that sent the batch. The batch is dropped if a different actor now represents the peer.</param>
/// <param name="IdCounter">New ids in the cluster are higher than this number.</param>
internal sealed record ApplyResolvedShare(PeerId Peer, SharedBatch Share, IActorRef PeerActor, int IdCounter) : ILocalMessage;

/// <summary>
/// From a PeerActor to the TrackerActor: the connection has sent the complete broadcast. This message is not sent for a broadcast that is
/// cut short because the peer must list again.
/// </summary>
internal sealed record CatalogChangeSent(CatalogChanged Change) : ILocalMessage;
