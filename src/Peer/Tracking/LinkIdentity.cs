using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The identity of this peer towards its trackers.</summary>
/// <param name="Peer">The peer's id.</param>
/// <param name="Name">The name that users see.</param>
/// <param name="ListenPort">The port on which it hosts; 0 = it does not host.</param>
/// <param name="AdvertisedAddress">The address to announce instead of the one that the tracker sees; empty = none.</param>
/// <param name="WantsBroadcasts">Whether it keeps a copy of the catalog.</param>
/// <param name="Trackers">Trackers in the order to try them; at least one.</param>
/// <param name="AccessKey">The secret shared with them; null = none.</param>
internal sealed record LinkIdentity(
    PeerId Peer, string Name, int ListenPort, string AdvertisedAddress, bool WantsBroadcasts, IReadOnlyList<TrackerAddress> Trackers,
    AccessKey? AccessKey);
