using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Tracker.Peers;

/// <summary>
/// From a session to its PeerActor: a SHARE frame. The session reads nothing more until it receives the reply,
/// <see cref="ShareApplied"/>.
/// </summary>
internal sealed record ReceiveShare(Share Share) : ILocalMessage;

/// <summary>From a session to its PeerActor: the peer is leaving, or its connection is about to close. Withdraw its songs now.</summary>
internal sealed record PeerLeaves : ILocalMessage
{
    public static readonly PeerLeaves Instance = new();
}

/// <summary>To a PeerActor: the same peer has connected again, here or at another tracker. Close this connection.</summary>
internal sealed record ReplacePeer : ILocalMessage
{
    public static readonly ReplacePeer Instance = new();
}

/// <summary>
/// From the PeerRegistryActor to a PeerActor: another connection, here or at another tracker, claims the peer's id without its secret. The
/// PeerActor replies with <see cref="PeerStays"/>, or stops if its peer does not respond.
/// </summary>
internal sealed record ContestPeer : ILocalMessage
{
    public static readonly ContestPeer Instance = new();
}

/// <summary>From the TrackerActor to a PeerActor: the ids and refusals for one <see cref="ApplyShare"/>.</summary>
/// <param name="Songs">The ids and refusals.</param>
/// <param name="SignedUpTo">The highest id that may receive a receipt. A stranger may have made up a higher one. If the tracker later lost
///   its ids, a receipt for such an id would advance the id counter to that id.</param>
internal sealed record SongsAssigned(IReadOnlyList<AssignedSong> Songs, int SignedUpTo) : ILocalMessage;

/// <summary>From a PeerActor to its session: the peer is registered, and <paramref name="Peer"/> receives its shares.</summary>
internal sealed record PeerJoined(IActorRef Peer) : ILocalMessage;

/// <summary>From the PeerRegistryActor to a session: the join is refused.</summary>
/// <param name="NeedsKey">True if the peer id belongs to a TLS key and the remote end has not proved that it holds that key; false if
///   another connection is registered under the id or claims it.</param>
internal sealed record JoinRefused(bool NeedsKey) : ILocalMessage
{
    public static readonly JoinRefused Contested = new(NeedsKey: false);

    public static readonly JoinRefused Protected = new(NeedsKey: true);
}

/// <summary>
/// From the PeerRegistryActor to a session: its peer is registered on another connection. The peer on this connection hosts nothing
/// and has proved over TLS that it holds the same key, so it may send requests.
/// </summary>
internal sealed record VisitorAdmitted : ILocalMessage
{
    public static readonly VisitorAdmitted Instance = new();
}

/// <summary>From a PeerActor to its session: the share is in the catalog, and the connection has sent the ASSIGN frames for it.</summary>
internal sealed record ShareApplied : ILocalMessage
{
    public static readonly ShareApplied Instance = new();
}

/// <summary>From a PeerActor to the PeerRegistryActor: its peer has responded, so the other claim to the peer's id is refused.</summary>
internal sealed record PeerStays(PeerId Peer) : ILocalMessage;
