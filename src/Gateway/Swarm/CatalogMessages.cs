using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Gateway.Swarm;

/// <summary>
/// To the peer: send the complete catalog to the follower, and then every change. The follower receives <see cref="CatalogListed"/>
/// messages, followed by <see cref="CatalogChanged"/> and <see cref="SwarmLink"/> messages. It confirms each message of the first two kinds
/// with <see cref="CatalogApplied"/>. The peer may restart the listing at any time, even before it is complete.
/// </summary>
/// <param name="Follower">The actor that receives the catalog.</param>
public sealed record FollowCatalog(IActorRef Follower) : ILocalMessage;

/// <summary>
/// To a follower: a page of the catalog. Songs that are not on any page of the listing no longer have a host. The follower keeps them
/// until it has received the last page, because a new listing may start at any time.
/// </summary>
/// <param name="Songs">The songs, at most 1,000 of them.</param>
/// <param name="IsFirst">Whether this is the first page.</param>
/// <param name="IsLast">Whether this is the last page. Also true if the follower must drop the songs that have not been on any page, to
///   make room for more pages. A catalog without songs has one empty page.</param>
public sealed record CatalogListed(IReadOnlyList<Song> Songs, bool IsFirst, bool IsLast) : ILocalMessage;

/// <summary>To a follower: the catalog has changed.</summary>
/// <param name="Changed">The current state of songs that were added, or that have different hosts or tags.</param>
/// <param name="Removed">The tracker's ids for the songs that no longer have a host.</param>
public sealed record CatalogChanged(IReadOnlyList<Song> Changed, IReadOnlyList<int> Removed) : ILocalMessage;

/// <summary>To a follower: the state of the tracker link.</summary>
/// <param name="IsConnected">Whether the peer is registered with a tracker. If not, the catalog may be out of date.</param>
/// <param name="Tracker">The tracker's address.</param>
/// <param name="Detail">The tracker's name, or a human-readable description of the problem.</param>
public sealed record SwarmLink(bool IsConnected, string Tracker, string Detail) : ILocalMessage;

/// <summary>From a follower: it has applied a <see cref="CatalogListed"/> or <see cref="CatalogChanged"/>, and is ready for more.</summary>
public sealed record CatalogApplied : ILocalMessage
{
    /// <summary>The only instance.</summary>
    public static readonly CatalogApplied Instance = new();
}
