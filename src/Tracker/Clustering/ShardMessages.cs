using Akka.Actor;
using Akka.Event;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Transport;

namespace TspActors.Tracker.Clustering;

// From the TrackerActor to the CatalogReplicatorActor: what changed in this tracker's own part ---------------------------------------------

/// <summary>A change of the songs of the peers that are connected to this tracker.</summary>
internal abstract record LocalChange : ILocalMessage
{
    /// <summary>A peer has registered; whatever it had before is gone.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp) : LocalChange;

    /// <summary>It is gone, with its songs.</summary>
    internal sealed record Left(PeerId Peer) : LocalChange;

    /// <summary>Songs that it hosts now, or no longer, and how busy it is.</summary>
    /// <param name="Peer">The peer.</param>
    /// <param name="Changed">By id, the song's facts; null = it is hosted no more.</param>
    /// <param name="Load">How busy it is; null = not told.</param>
    /// <param name="IsSettled">It has named everything that it has since it registered.</param>
    internal sealed record Songs(PeerId Peer, IReadOnlyDictionary<int, byte[]?> Changed, HostLoad? Load, bool IsSettled) : LocalChange;

    /// <summary>Its port can be reached now, or no longer.</summary>
    internal sealed record Reached(CatalogHost Host, Reach Reach) : LocalChange;

    /// <summary>The registry has begun anew, with no peers.</summary>
    internal sealed record Reset : LocalChange;
}

// From a CatalogReplicaActor to the TrackerActor: what changed in another tracker's part --------------------------------------------------

/// <summary>A change of the songs of the peers of another tracker.</summary>
internal abstract record RemoteChange(PeerId Peer, ulong Stamp) : ILocalMessage
{
    /// <summary>A peer has registered there.</summary>
    internal sealed record Joined(CatalogHost Host, ulong Stamp) : RemoteChange(Host.Id, Stamp);

    /// <summary>It has left that tracker.</summary>
    internal sealed record Left(PeerId Peer, ulong Stamp) : RemoteChange(Peer, Stamp);

    /// <summary>Songs that it hosts now, or no longer.</summary>
    internal sealed record Shared(PeerId Peer, ulong Stamp, SharedBatch Share, IReadOnlyList<int> Gone, bool IsSettled) : RemoteChange(Peer, Stamp);

    /// <summary>Its port can be reached now, or no longer.</summary>
    internal sealed record Reached(PeerId Peer, ulong Stamp, Reach Reach) : RemoteChange(Peer, Stamp);
}

/// <summary>Changes of another tracker's part, in order. Answered by <see cref="ShardChangesApplied"/>.</summary>
/// <param name="Owner">That tracker.</param>
/// <param name="Number">The receiver's number for it.</param>
/// <param name="Changes">What changed.</param>
/// <param name="Remaining">With the end of a snapshot: the registrations that were in it; all others of that tracker are gone.</param>
internal sealed record ApplyShardChanges(Address Owner, ulong Number, IReadOnlyList<RemoteChange> Changes, IReadOnlySet<(PeerId Peer, ulong Stamp)>? Remaining)
    : ILocalMessage;

/// <summary>To the CatalogReplicaActor: those changes are in the catalog.</summary>
internal sealed record ShardChangesApplied(ulong Number) : ILocalMessage, IDeadLetterSuppression;

/// <summary>From the ClusterActor: that tracker is gone from the cluster, and its part of the catalog with it.</summary>
internal sealed record DropShard(Address Owner) : ILocalMessage;

/// <summary>From the TrackerActor to the ClusterActor: its registry is empty, every part has to come again.</summary>
internal sealed record RegistryBegun : ILocalMessage
{
    public static readonly RegistryBegun Instance = new();
}
