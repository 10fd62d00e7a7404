using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>
/// The paths of the cluster's actors, which are the same on every tracker. Trackers running other versions use them too, so the names must
/// never change.
/// </summary>
internal static class ClusterPaths
{
    public const string Cluster = "cluster";
    public const string IdReplicaName = "ids";
    // An old name for the replicator. Trackers running other versions send to it, so it cannot be changed.
    public const string ReplicatorName = "part";
    public const string AllocatorManager = "id-allocator";

    /// <summary>Returns the <see cref="IdReplicaActor"/> of a tracker.</summary>
    public static ActorSelection IdReplica(IActorContext context, Address tracker) => Select(context, tracker, IdReplicaName);

    /// <summary>Returns the <see cref="CatalogReplicatorActor"/> of a tracker.</summary>
    public static ActorSelection Replicator(IActorContext context, Address tracker) => Select(context, tracker, ReplicatorName);

    /// <summary>Returns the <see cref="ClusterActor"/> of a tracker.</summary>
    public static ActorSelection ClusterActorAt(IActorRefFactory factory, Address tracker) =>
        factory.ActorSelection(new RootActorPath(tracker) / "user" / Cluster);

    /// <summary>Returns the PeerRegistryActor of a tracker.</summary>
    public static ActorSelection PeerRegistry(IActorContext context, Address tracker) =>
        context.ActorSelection(new RootActorPath(tracker) / "user" / Peers.PeerRegistryActor.Name);

    /// <summary>Returns the CallDeskActor of a tracker.</summary>
    public static ActorSelection CallDesk(IActorContext context, Address tracker) =>
        context.ActorSelection(new RootActorPath(tracker) / "user" / Calls.CallDeskActor.Name);

    private static ActorSelection Select(IActorContext context, Address tracker, string name) =>
        context.ActorSelection(new RootActorPath(tracker) / "user" / Cluster / name);
}
