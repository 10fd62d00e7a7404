namespace TspActors.Tracker.Clustering;

/// <summary>A tracker in the cluster, as shown on the status page. Contains no address, because anyone may read that page.</summary>
/// <param name="IsSelf">Whether it is this tracker.</param>
/// <param name="State">Its state in the cluster: "joining", "up", "leaving", "exiting" or "down".</param>
/// <param name="IsReachable">Whether this tracker can reach it.</param>
/// <param name="Allocates">Whether it is the tracker that assigns new song ids.</param>
/// <param name="HasReplica">Whether this tracker has all songs of that tracker's peers.</param>
internal sealed record ClusterMember(bool IsSelf, string State, bool IsReachable, bool Allocates, bool HasReplica);
