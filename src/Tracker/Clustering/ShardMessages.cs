using Akka.Actor;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>To the CatalogReplicatorActor, from the TrackerActor: a change of this tracker's own shard.</summary>
internal abstract record LocalChange : ILocalMessage
{
    /// <summary>A peer has registered; its earlier songs are gone.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp) : LocalChange;

    /// <summary>A peer has left, and its songs with it.</summary>
    internal sealed record Left(PeerId Peer) : LocalChange;

    /// <summary>Songs that a peer hosts now, or no longer, and its load.</summary>
    /// <param name="Peer">The peer.</param>
    /// <param name="Changed">The song's facts by its id; null = the peer no longer hosts it.</param>
    /// <param name="Load">How busy the peer is; null = not known.</param>
    /// <param name="IsSettled">The peer has named everything it has since it registered.</param>
    internal sealed record Songs(PeerId Peer, IReadOnlyDictionary<int, byte[]?> Changed, HostLoad? Load, bool IsSettled) : LocalChange;

    /// <summary>A peer's port can be reached now, or no longer.</summary>
    internal sealed record Reached(CatalogHost Host, Reach Reach) : LocalChange;

    /// <summary>The registry has restarted and has no peers.</summary>
    internal sealed record Reset : LocalChange;
}

/// <summary>A change of another tracker's shard.</summary>
internal abstract record RemoteChange(PeerId Peer, ulong Stamp) : ILocalMessage
{
    /// <summary>A peer has registered at that tracker.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp) : RemoteChange(Host.Id, Stamp);

    /// <summary>A peer has left that tracker.</summary>
    internal sealed record Left(PeerId Peer, ulong Stamp) : RemoteChange(Peer, Stamp);

    /// <summary>Songs that a peer hosts now, or no longer.</summary>
    internal sealed record Shared(
        PeerId Peer, ulong Stamp, SharedBatch Share, IReadOnlyList<int> Gone, bool IsSettled) : RemoteChange(Peer, Stamp);

    /// <summary>A peer's port can be reached now, or no longer.</summary>
    internal sealed record Reached(PeerId Peer, ulong Stamp, Reach Reach) : RemoteChange(Peer, Stamp);
}

/// <summary>
/// To the TrackerActor, from a CatalogReplicaActor: changes of another tracker's shard, in order. Answered by
/// <see cref="ShardChangesApplied"/>.
/// </summary>
/// <param name="Owner">The tracker that owns the shard.</param>
/// <param name="Number">The replica's number for these changes.</param>
/// <param name="Changes">The changes.</param>
/// <param name="Remaining">At the end of a snapshot: all registrations in it. Every other registration of that tracker is gone. Otherwise
///   null.</param>
internal sealed record ApplyShardChanges(
    Address Owner, ulong Number, IReadOnlyList<RemoteChange> Changes, IReadOnlySet<(PeerId Peer, ulong Stamp)>? Remaining)
    : ILocalMessage;

/// <summary>To a CatalogReplicaActor, from the TrackerActor: those changes are in the catalog.</summary>
internal sealed record ShardChangesApplied(ulong Number) : ILocalMessage;

/// <summary>To the TrackerActor, from the ClusterActor: a tracker has left the cluster, so its shard leaves the catalog.</summary>
internal sealed record DropShard(Address Owner) : ILocalMessage;

/// <summary>To the ClusterActor, from the TrackerActor: the registry is empty, so every shard has to be replicated again.</summary>
internal sealed record RegistryBegun : ILocalMessage
{
    public static readonly RegistryBegun Instance = new();
}
