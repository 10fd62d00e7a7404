using System.Net;
using Akka.Actor;
using TspActors.Peer.Hosting.Limits;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;
using Error = TspActors.Protocol.Error;

namespace TspActors.Peer.Reaching;

/// <summary>
/// From a StreamReceiverActor to the CallDeskActor: ask this host to connect to this peer. Answered by <see cref="HostCalled"/>, by
/// <see cref="RelayOffered"/> if a relay is used, or by <see cref="CallFailed"/>.
/// </summary>
/// <param name="Host">The host.</param>
/// <param name="SongId">The song.</param>
/// <param name="MustShowKey">Whether the host must connect over TLS, with the key whose id is its peer id.</param>
internal sealed record CallHost(Host Host, int SongId, bool MustShowKey) : ILocalMessage
{
    /// <summary>How the host should connect to this peer.</summary>
    public CallWay Way { get; init; } = CallWay.Back;
}

/// <summary>
/// To a StreamReceiverActor: a relay has reserved a place for this peer and the host. The host may still refuse.
/// </summary>
/// <param name="EndPoint">Where to connect.</param>
/// <param name="Ticket">The ticket to show there.</param>
internal sealed record RelayOffered(IPEndPoint EndPoint, RelayTicket Ticket) : ILocalMessage;

/// <summary>
/// From a HostSessionActor to a StreamReceiverActor: the called host has connected. The session passes on the connection's messages from
/// now on.
/// </summary>
internal sealed record HostCalled(ConnectionOpened Opened) : ILocalMessage;

/// <summary>To a StreamReceiverActor: the host will not connect.</summary>
/// <param name="Reason">A human-readable reason.</param>
/// <param name="Error">The refusal of a host that is busy or shutting down; null = the call failed for another reason.</param>
internal sealed record CallFailed(string Reason, Error? Error) : ILocalMessage;

/// <summary>
/// From a HostSessionActor to the CallDeskActor: a remote end has presented this token. Answered by <see cref="CallRedeemed"/> or
/// <see cref="CallUnknown"/>.
/// </summary>
/// <param name="Token">The token.</param>
/// <param name="Host">The host that the remote end claims to be.</param>
/// <param name="Key">The id of the remote end's TLS key; null = it has shown none.</param>
/// <param name="Remote">The remote end's address, which wrong tokens count against.</param>
internal sealed record RedeemCall(CallToken Token, PeerId Host, KeyId? Key, IPAddress Remote) : ILocalMessage;

/// <summary>To a HostSessionActor: the connection belongs to this receiver.</summary>
internal sealed record CallRedeemed(IActorRef Receiver) : ILocalMessage;

/// <summary>To a HostSessionActor: no receiver awaits this call.</summary>
/// <param name="Wait">How long the remote end's address should wait before its next attempt, because it has presented too many wrong
///   tokens; zero = it has not.</param>
internal sealed record CallUnknown(TimeSpan Wait) : ILocalMessage;

/// <summary>To the CallDeskActor and on to the TrackerLinkActor: send this CALL to the tracker.</summary>
internal sealed record SendCall(Call Call, int SongId) : ILocalMessage;

/// <summary>From the TrackerLinkActor to the CallDeskActor: the CALL cannot be sent.</summary>
internal sealed record CallUnsent(Call Call, string Reason) : ILocalMessage;

/// <summary>From the TrackerLinkActor to the CallDeskActor: the tracker has sent this CALL.</summary>
/// <param name="Call">The call.</param>
/// <param name="SongId">The song.</param>
/// <param name="IsPermitted">Whether the tracker may name the call's endpoint.</param>
internal sealed record CallReceived(Call Call, int SongId, bool IsPermitted) : ILocalMessage;

/// <summary>From a HostSessionActor to the CallBackActor: the requester has accepted the connection.</summary>
internal sealed record CallConnected : ILocalMessage
{
    public static readonly CallConnected Instance = new();
}

/// <summary>From a HostSessionActor to the CallBackActor: the connection now carries a stream, or no longer does.</summary>
internal sealed record CallStreaming(bool IsStreaming) : ILocalMessage;

/// <summary>
/// From the CallBackActor to a HostSessionActor: close the connection if it carries no stream, to make room for another call.
/// </summary>
internal sealed record GiveWay : ILocalMessage
{
    public static readonly GiveWay Instance = new();
}

/// <summary>From a HostSessionActor to the CallBackActor: no connection to the requester could be opened.</summary>
internal sealed record CallNotConnected(string Reason) : ILocalMessage;

/// <summary>
/// To the CallBackActor: answer no more calls, and close the connections when their streams are over, or at the deadline. Answered by
/// <see cref="Drained"/> once all of them are closed.
/// </summary>
internal sealed record DrainCallBacks(TimeSpan Deadline) : ILocalMessage;

/// <summary>To the CallDeskActor: the TrackerLinkActor to use.</summary>
internal sealed record UseLink(IActorRef Link) : ILocalMessage;

/// <summary>
/// To the HostingActor: would this requester get a stream now? Answered by <see cref="RoomAnswer"/>. A requester that has to wait gets a
/// place in the queue.
/// </summary>
internal sealed record AskRoom(OwnSong Song, RequesterKey Requester, object Tag) : ILocalMessage;

/// <summary>From the HostingActor: the refusal; null = the requester would get a stream.</summary>
internal sealed record RoomAnswer(object Tag, AdmissionRefusal? Refusal) : ILocalMessage;
