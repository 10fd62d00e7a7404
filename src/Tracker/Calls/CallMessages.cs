using System.Net;
using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Calls;

/// <summary>From a session to the CallDeskActor: the session's peer asks a host to connect to it.</summary>
/// <param name="Call">The call as it arrived. Only its token, its host and its way are used.</param>
/// <param name="SongId">The song.</param>
/// <param name="Requester">The session's peer.</param>
/// <param name="Address">The remote address of the session's connection.</param>
/// <param name="Peer">The PeerActor of the session's peer.</param>
/// <param name="Connection">The connection, which receives refusals.</param>
internal sealed record PlaceCall(
    Call Call, int SongId, CatalogHost Requester, IPAddress Address, IActorRef Peer, IActorRef Connection) : ILocalMessage
{
    /// <summary>The call's token.</summary>
    public CallToken Token { get; } = new(Call.Token.Span);

    /// <summary>The host.</summary>
    public PeerId Host { get; } = new(Call.PeerId.Span);

    /// <summary>The address at which the requester has reached this tracker.</summary>
    public IPEndPoint ReachedAt { get; init; } = new(IPAddress.None, 0);
}

/// <summary>From a session to the CallDeskActor: the session's peer has refused a call.</summary>
internal sealed record RefuseCall(Call Call, PeerId Host) : ILocalMessage;

/// <summary>From the CallDeskActor to the PeerRegistryActor and on to a PeerActor: send this call to the peer.</summary>
internal sealed record DeliverCall(PeerId Peer, CallToken Token, ReadOnlyMemory<byte> Frame) : ILocalMessage;

/// <summary>From the PeerRegistryActor to the CallDeskActor: the peer of a <see cref="DeliverCall"/> is not connected here.</summary>
internal sealed record CallUndelivered(PeerId Peer, CallToken Token) : ILocalMessage;
