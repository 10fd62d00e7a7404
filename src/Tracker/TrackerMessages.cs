using System.Collections.Immutable;
using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker;

// To the TrackerActor ---------------------------------------------------------------------------------------------------------

/// <summary>From a PeerActor: it speaks for this host from now on; its songs go when it stops.</summary>
internal sealed record HostJoined(CatalogHost Host, bool WantsBroadcasts) : ILocalMessage;

/// <summary>From a PeerActor: a part of its share. Answered by <see cref="SongsAssigned"/>.</summary>
/// <param name="Peer">Whose share it is.</param>
/// <param name="Share">What it shares.</param>
/// <param name="HasIds">In a cluster: its songs have the cluster's ids already.</param>
internal sealed record ApplyShare(PeerId Peer, SharedBatch Share, bool HasIds = false) : ILocalMessage;

/// <summary>To a PeerActor: ids and refusals for one <see cref="ApplyShare"/>.</summary>
internal sealed record SongsAssigned(IReadOnlyList<AssignedSong> Songs) : ILocalMessage, IDeadLetterSuppression;

/// <summary>To every PeerActor that wants broadcasts: a change as encoded BROADCAST_LIST frames, shared by all of them.</summary>
/// <remarks>Answered by <see cref="CatalogChangeSent"/>: the next one is not made before nearly all have this one.</remarks>
internal sealed record CatalogChanged(ImmutableArray<ReadOnlyMemory<byte>> Frames, ulong Version) : ILocalMessage, IDeadLetterSuppression;

/// <summary>From a PeerActor: the connection has taken all of that broadcast. One that is told to list again instead says nothing.</summary>
internal sealed record CatalogChangeSent(CatalogChanged Change) : ILocalMessage, IDeadLetterSuppression;

// To the PeerRegistryActor, by way of the TrackerActor ---------------------------------------------------------------------------------------------------------

/// <summary>From a RequestSessionActor whose peer has proved itself. Answered by <see cref="PeerJoined"/>.</summary>
internal sealed record JoinPeer(CatalogHost Host, bool WantsBroadcasts, Welcome Welcome, IActorRef Session, IActorRef Connection)
    : ILocalMessage;

/// <summary>To the session: the peer is registered; <paramref name="Peer"/> takes its shares.</summary>
internal sealed record PeerJoined(IActorRef Peer) : ILocalMessage, IDeadLetterSuppression;

// To a PeerActor --------------------------------------------------------------------------------------------------------------

/// <summary>From its session: a frame of its share. Answered by <see cref="ShareApplied"/>, which is the session's leave to read on.</summary>
internal sealed record ReceiveShare(Share Share) : ILocalMessage;

/// <summary>To the session: the share is in the catalog and its ASSIGN is taken.</summary>
internal sealed record ShareApplied : ILocalMessage, IDeadLetterSuppression
{
    public static readonly ShareApplied Instance = new();
}

/// <summary>From its session: the peer leaves, or its connection is about to close; its songs go at once.</summary>
internal sealed record PeerLeaves : ILocalMessage, IDeadLetterSuppression
{
    public static readonly PeerLeaves Instance = new();
}

/// <summary>The same peer has connected again: the old connection goes.</summary>
internal sealed record ReplacePeer : ILocalMessage, IDeadLetterSuppression
{
    public static readonly ReplacePeer Instance = new();
}
