using Akka.Actor;
using Google.Protobuf;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

/// <summary>From the TrackerActor to the CatalogReplicatorActor: a change to this tracker's own shard.</summary>
internal abstract record LocalChange : ILocalMessage
{
    /// <summary>A peer has registered. It has shared no songs yet.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp, ByteString ResumeDigest) : LocalChange;

    /// <summary>A peer has left. Its songs are withdrawn.</summary>
    internal sealed record Left(PeerId Peer) : LocalChange;

    /// <summary>Songs that a peer hosts or no longer hosts, and its load.</summary>
    /// <param name="Peer">The peer.</param>
    /// <param name="Changed">The facts of each song by id; null = the peer no longer hosts the song.</param>
    /// <param name="Load">How busy the peer is; null = unknown.</param>
    /// <param name="IsSettled">True if the peer has named all of its songs since it registered.</param>
    internal sealed record Songs(PeerId Peer, IReadOnlyDictionary<int, byte[]?> Changed, HostLoad? Load, bool IsSettled) : LocalChange;

    /// <summary>The reachability of a peer's port has changed.</summary>
    internal sealed record Reached(CatalogHost Host, PortReach Reach) : LocalChange;

    /// <summary>A peer can now be reached at a different port, or at different local endpoints.</summary>
    internal sealed record Moved(CatalogHost Host) : LocalChange;

    /// <summary>The registry has restarted and has no peers.</summary>
    internal sealed record Reset : LocalChange;
}

/// <summary>A change to another tracker's shard.</summary>
internal abstract record RemoteChange(PeerId Peer, ulong Stamp) : ILocalMessage
{
    /// <summary>A peer has registered at that tracker.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp, ByteString ResumeDigest) : RemoteChange(Host.Id, Stamp);

    /// <summary>A peer has left that tracker.</summary>
    internal sealed record Left(PeerId Peer, ulong Stamp) : RemoteChange(Peer, Stamp);

    /// <summary>Songs that a peer hosts or no longer hosts.</summary>
    internal sealed record Shared(
        PeerId Peer, ulong Stamp, SharedBatch Share, IReadOnlyList<int> Gone, bool IsSettled) : RemoteChange(Peer, Stamp);

    /// <summary>The reachability of a peer's port has changed.</summary>
    internal sealed record Reached(PeerId Peer, ulong Stamp, PortReach Reach) : RemoteChange(Peer, Stamp);

    /// <summary>A peer can now be reached at a different port, or at different local endpoints.</summary>
    internal sealed record Moved(PeerId Peer, ulong Stamp, int Port, IReadOnlyList<string> LocalEndpoints) : RemoteChange(Peer, Stamp);
}

/// <summary>
/// From a CatalogReplicaActor to the TrackerActor: changes to another tracker's shard, in order. The reply is
/// <see cref="ShardChangesApplied"/>.
/// </summary>
/// <param name="Owner">The tracker that owns the shard.</param>
/// <param name="Number">The sender's number for these changes, which the reply repeats.</param>
/// <param name="Changes">The changes.</param>
/// <param name="Remaining">At the end of a snapshot, all registrations in the snapshot: every other registration at that tracker has ended.
///   Null at any other time.</param>
internal sealed record ApplyShardChanges(
    Address Owner, ulong Number, IReadOnlyList<RemoteChange> Changes, IReadOnlySet<(PeerId Peer, ulong Stamp)>? Remaining)
    : ILocalMessage;

/// <summary>From the TrackerActor to a CatalogReplicaActor: the changes with this number are in the catalog.</summary>
internal sealed record ShardChangesApplied(ulong Number) : ILocalMessage;

/// <summary>
/// From the ClusterActor to the TrackerActor: a tracker has left the cluster, so its shard must be removed from the catalog.
/// </summary>
internal sealed record DropShard(Address Owner) : ILocalMessage;

/// <summary>From the TrackerActor to the ClusterActor: the registry is empty, so every shard must be replicated again.</summary>
internal sealed record RegistryBegun : ILocalMessage
{
    public static readonly RegistryBegun Instance = new();
}
