using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>
/// From a session to its PeerActor: a SHARE frame. The session reads no further until the reply, <see cref="ShareApplied"/>.
/// </summary>
internal sealed record ReceiveShare(Share Share) : ILocalMessage;

/// <summary>From a session to its PeerActor: the peer leaves, or its connection is about to close. Withdraw its songs now.</summary>
internal sealed record PeerLeaves : ILocalMessage
{
    public static readonly PeerLeaves Instance = new();
}

/// <summary>To a PeerActor: the same peer has connected again, here or at another tracker, so this connection closes.</summary>
internal sealed record ReplacePeer : ILocalMessage
{
    public static readonly ReplacePeer Instance = new();
}

/// <summary>From the TrackerActor to a PeerActor: the ids and refusals of one <see cref="ApplyShare"/>.</summary>
internal sealed record SongsAssigned(IReadOnlyList<AssignedSong> Songs) : ILocalMessage;

/// <summary>From a PeerActor to its session: the peer is registered, and <paramref name="Peer"/> receives its shares.</summary>
internal sealed record PeerJoined(IActorRef Peer) : ILocalMessage;

/// <summary>From a PeerActor to its session: the share is in the catalog, and the connection has sent its ASSIGN.</summary>
internal sealed record ShareApplied : ILocalMessage
{
    public static readonly ShareApplied Instance = new();
}
