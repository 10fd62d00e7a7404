using Akka.Actor;
using TspActors.Peer.Hosting.Covers;
using TspActors.Peer.Listening;

namespace TspActors.Peer.Serving;

/// <summary>The components of a peer that its gateway uses.</summary>
internal sealed record ServedPeer
{
    /// <summary>The peer's display name.</summary>
    public required string Name { get; init; }

    /// <summary>The address on which the peer serves requesters.</summary>
    public required string Address { get; init; }

    /// <summary>How the peer identifies itself to hosts.</summary>
    public required Requester Requester { get; init; }

    /// <summary>How the peer reaches its own host.</summary>
    public required OwnHost? Own { get; init; }

    /// <summary>The TrackerLinkActor.</summary>
    public required IActorRef TrackerLink { get; init; }

    /// <summary>The LibraryActor.</summary>
    public required IActorRef Library { get; init; }

    /// <summary>The HostingActor.</summary>
    public required IActorRef Hosting { get; init; }

    /// <summary>The PlaybackActor; Nobody if this peer has no loudspeaker.</summary>
    public required IActorRef Playback { get; init; }

    /// <summary>The LiveFeedsActor, which can pass on a live feed; Nobody if this peer shares nothing.</summary>
    public IActorRef Live { get; init; } = ActorRefs.Nobody;

    /// <summary>The covers of the peer's own songs; null if it shares nothing.</summary>
    public SharedCovers? Covers { get; init; }

    /// <summary>Returns the number of songs that the peer shares.</summary>
    public required Func<int> SongsShared { get; init; }
}
