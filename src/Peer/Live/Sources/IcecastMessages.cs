using System.Net;
using Akka.Actor;
using TspActors.Transport;

namespace TspActors.Peer.Live.Sources;

/// <summary>From an <see cref="IcecastDoorActor"/> to its parent: sources can connect.</summary>
internal sealed record DoorOpened(EndPoint EndPoint) : ILocalMessage;

/// <summary>From an <see cref="IcecastDoorActor"/> to its parent: the port could not be opened, or has closed. The door stops.</summary>
/// <param name="Reason">A human-readable reason.</param>
internal sealed record DoorFailed(string Reason) : ILocalMessage;

/// <summary>
/// To an <see cref="IcecastDoorActor"/>: start accepting sources for this feed. Replaces a mount point with the same path.
/// </summary>
/// <param name="Mount">The path, with its leading slash.</param>
/// <param name="Password">The password that a source must send. An empty password admits nobody.</param>
/// <param name="FeedName">The feed's name, for the log.</param>
/// <param name="Feed">The feed's actor. The mount point disappears when the actor stops.</param>
internal sealed record AddMount(string Mount, string Password, string FeedName, IActorRef Feed) : ILocalMessage;

/// <summary>To an <see cref="IcecastDoorActor"/>: stop accepting sources at this mount point, and disconnect the current one.</summary>
internal sealed record RemoveMount(string Mount) : ILocalMessage;

/// <summary>From a connection to its door: decide what happens to this request. Answered by a <see cref="SourceVerdict"/>.</summary>
internal sealed record JudgeRequest(HttpHead Head) : ILocalMessage;

/// <summary>From a connection to its door: the feed has accepted this connection as its source.</summary>
internal sealed record SourceConnected(string Mount) : ILocalMessage;

/// <summary>From a connection to its door: this connection is no longer the source of a feed.</summary>
internal sealed record SourceLeft : ILocalMessage
{
    public static readonly SourceLeft Instance = new();
}
