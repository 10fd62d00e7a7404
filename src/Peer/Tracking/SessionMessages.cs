using Akka.Actor;
using TspActors.Peer.Library;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer.Tracking;

// Messages from the TrackerLinkActor to a TrackerSessionActor. The TrackerLinkActor also forwards LibraryChanged and ReportLoad.

/// <summary>
/// Send a request to the tracker. The reply goes to <paramref name="ReplyTo"/>. If that is the link itself, the reply is wrapped in
/// <see cref="TrackerReplied"/>.
/// </summary>
/// <param name="ReplyTo">The actor that is waiting for the reply.</param>
/// <param name="Request"><see cref="ListSongs"/>, <see cref="DescribeSongs"/> or <see cref="FindHosts"/>.</param>
internal sealed record AskTracker(IActorRef ReplyTo, object Request) : ILocalMessage;

/// <summary>
/// Whether the session is in use. Only the session in use shares songs, so a new one shares nothing until it receives this message.
/// </summary>
internal sealed record UseSession(bool InUse) : ILocalMessage;

/// <summary>Send QUIT and close the connection cleanly. The session then sends <see cref="SessionEnded"/>.</summary>
internal sealed record QuitSession : ILocalMessage
{
    public static readonly QuitSession Instance = new();
}

/// <summary>Abort the connection and stop. An ended session waits for this message, so that no request to it is lost.</summary>
internal sealed record EndSession : ILocalMessage
{
    public static readonly EndSession Instance = new();
}

/// <summary>Report to the tracker where others can reach this peer.</summary>
internal sealed record ReportPort(int Port, IReadOnlyList<string> LocalEndpoints) : ILocalMessage
{
    /// <summary>The id of the request. It lets the session recognize an ERROR about the request. No song has this id.</summary>
    public const int RequestId = int.MaxValue;
}

// Messages from a TrackerSessionActor to the TrackerLinkActor.

/// <summary>The tracker reports whether it could reach this peer's port.</summary>
internal sealed record PortReported(Reach Reach) : ILocalMessage;

/// <summary>The connection is open and the hello has been sent, so the tracker may know of this peer from now on.</summary>
internal sealed record HelloSent : ILocalMessage
{
    public static readonly HelloSent Instance = new();
}

/// <summary>The tracker has registered this peer.</summary>
/// <param name="Welcome">The tracker's welcome.</param>
/// <param name="Addresses">Decides whether this peer may connect to an address that the tracker has named.</param>
/// <param name="TrackerKey">The tracker's key, proven over TLS; null = the connection is plain.</param>
internal sealed record SessionRegistered(Welcome Welcome, NamedAddresses Addresses, KeyId? TrackerKey) : ILocalMessage;

/// <summary>The progress of the share, sent whenever it changes after the tracker has asked for this peer's songs.</summary>
/// <param name="Songs">The library to which the report applies.</param>
/// <param name="IsComplete">True when each song has an id or a refusal, or when the tracker is not accepting songs for now.</param>
/// <param name="Refused">The number of songs that the tracker has refused or not accepted yet.</param>
internal sealed record ShareReported(OwnSongs Songs, bool IsComplete, int Refused) : ILocalMessage;

/// <summary>The tracker is not accepting songs for now. The session shares everything again after the pause.</summary>
internal sealed record SharePostponed(ShareReported Share, string Reason, TimeSpan Pause) : ILocalMessage;

/// <summary>The tracker is shutting down. It keeps this peer's songs until it stops, but this peer sends it no more requests.</summary>
internal sealed record SessionDraining(string Reason, RequestsReturned Returned) : ILocalMessage;

/// <summary>The tracker has broadcast a change to its catalog.</summary>
internal sealed record CatalogBroadcast(CatalogDelta Delta) : ILocalMessage;

/// <summary>The reply to a request from the link itself.</summary>
internal sealed record TrackerReplied(object Request, object Reply) : ILocalMessage;

/// <summary>
/// The tracker has replied to a request from another actor, which also receives the reply. The link remembers the songs in the reply.
/// </summary>
internal sealed record SongsNamed(object Request, object Reply) : ILocalMessage;

/// <summary>Requests that a tracker will not answer. The link's own requests are left out.</summary>
/// <param name="Tracker">The tracker that received them.</param>
/// <param name="Reason">The human-readable reason why the tracker does not answer.</param>
/// <param name="Requests">The requests, oldest first.</param>
internal sealed record RequestsReturned(TrackerAddress Tracker, string Reason, IReadOnlyList<PendingRequest> Requests) : ILocalMessage;

/// <summary>The session is over. Its actor stops when it receives <see cref="EndSession"/>.</summary>
internal sealed record SessionEnded(SessionEnd End, RequestsReturned Returned) : ILocalMessage;
