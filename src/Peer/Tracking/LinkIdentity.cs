using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;

namespace TspActors.Peer.Tracking;

/// <summary>The identity that this peer presents to its trackers.</summary>
/// <param name="Peer">The peer's id.</param>
/// <param name="Name">The name that users see.</param>
/// <param name="ListenPort">The port on which this peer hosts; 0 = it hosts nothing.</param>
/// <param name="AdvertisedAddress">The address to announce instead of the one that the tracker sees; empty = none.</param>
/// <param name="WantsBroadcasts">Whether the tracker should send this peer changes to the catalog.</param>
/// <param name="Trackers">The trackers, in the order they are tried; at least one.</param>
/// <param name="AccessKey">The secret shared with the trackers; null = none.</param>
internal sealed record LinkIdentity(
    PeerId Peer, string Name, int ListenPort, string AdvertisedAddress, bool WantsBroadcasts, IReadOnlyList<TrackerAddress> Trackers,
    AccessKey? AccessKey)
{
    /// <summary>Whether this peer accepts a welcome from a tracker that has not asked for proof of the access key.</summary>
    public bool IsInvited { get; init; }

    /// <summary>This peer's capabilities beyond the first version of the protocol.</summary>
    public PeerFeatures Features { get; init; }

    /// <summary>Returns this peer's endpoints on its own network.</summary>
    public Func<IReadOnlyList<string>> LocalEndpoints { get; init; } = () => [];

    /// <summary>The CallDeskActor, which receives the calls that a tracker sends; Nobody = this peer does not take part in calls.</summary>
    public IActorRef Calls { get; init; } = ActorRefs.Nobody;

    /// <summary>The RelayDeskActor, which reserves places for trackers; Nobody = this peer does not relay.</summary>
    public IActorRef RelayDesk { get; init; } = ActorRefs.Nobody;

    /// <summary>How this peer uses TLS; null = it speaks plain TSP only.</summary>
    public TrackerTls? Tls { get; init; }

    /// <summary>The resume secret to send to the tracker; empty = none. See <see cref="ResumeSecrets.Find"/>.</summary>
    public ByteString Resume { get; init; } = ByteString.Empty;

    /// <summary>Whether this is the peer's first start. If so, the user is always told whether others can reach it.</summary>
    public bool IsFirstStart { get; init; }

    /// <summary>Whether this peer connects to requesters that cannot connect to it, if a tracker passes on their calls.</summary>
    public bool CallsBack { get; init; }
}
