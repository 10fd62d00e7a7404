using Akka.Actor;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Gateway.Swarm;

/// <summary>
/// To the peer: send the whole catalog to the follower, and then every change. The follower receives <see cref="CatalogListed"/> messages,
/// and after them <see cref="CatalogChanged"/> and <see cref="SwarmLink"/> messages. It confirms each of the first two with
/// <see cref="CatalogApplied"/>. The peer may list the whole catalog again at any time, also before it has named all songs.
/// </summary>
/// <param name="Follower">The actor that receives the catalog.</param>
public sealed record FollowCatalog(IActorRef Follower) : ILocalMessage;

/// <summary>
/// To a follower: a part of the whole catalog. Songs that no part from the first to the last one names have no host any more. The follower
/// keeps them until the last part, because the next part may also be the first one of another listing.
/// </summary>
/// <param name="Songs">The songs, at most 1,000 of them.</param>
/// <param name="IsFirst">Whether this is the first part.</param>
/// <param name="IsLast">Whether this is the last part, or the follower must drop the songs that no part has named, so that there is room
///   for more parts. A catalog without songs has one empty part.</param>
public sealed record CatalogListed(IReadOnlyList<Song> Songs, bool IsFirst, bool IsLast) : ILocalMessage;

/// <summary>To a follower: the catalog has changed.</summary>
/// <param name="Changed">Songs that were added, or whose hosts or tags changed, as they are now.</param>
/// <param name="Removed">The tracker's ids of the songs that have no host any more.</param>
public sealed record CatalogChanged(IReadOnlyList<Song> Changed, IReadOnlyList<int> Removed) : ILocalMessage;

/// <summary>To a follower: the state of the link to the tracker.</summary>
/// <param name="IsConnected">Whether the peer is registered at a tracker. If not, the catalog may be out of date.</param>
/// <param name="Tracker">The address of the tracker.</param>
/// <param name="Detail">The name of the tracker, or what went wrong, for users.</param>
public sealed record SwarmLink(bool IsConnected, string Tracker, string Detail) : ILocalMessage;

/// <summary>From a follower: it has applied a <see cref="CatalogListed"/> or <see cref="CatalogChanged"/>, and is ready for more.</summary>
public sealed record CatalogApplied : ILocalMessage
{
    /// <summary>The only instance.</summary>
    public static readonly CatalogApplied Instance = new();
}
