using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>The settings of a tracker in a cluster. config/tracker.conf explains each one.</summary>
public sealed record ClusterSettings
{
    /// <summary>
    /// The address or name at which other trackers reach this machine. Without TLS, strangers must not be able to reach this address.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port for other trackers; null = a single tracker, 0 = any free port.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Trackers in the cluster, as host:port with the cluster port; the same list on all trackers. The first one starts the cluster; if it
    /// is down, the next one does. Empty = this tracker starts the cluster.
    /// </summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>
    /// The host:port at which peers reach this tracker. The other trackers pass it on to their peers. Null = the tracker's endpoint.
    /// </summary>
    public string? PublicAddress { get; init; }

    /// <summary>
    /// The intended number of trackers. If it is more than two, peers and new songs are accepted only while more than half of the trackers
    /// are reachable. 0 = the number of seed nodes.
    /// </summary>
    public int Size { get; init; }

    /// <summary>
    /// The intended number of trackers, if the settings specify it: <see cref="Size"/>, or the number of seed nodes. 0 = unknown.
    /// </summary>
    internal int ExpectedSize => Size > 0 ? Size : SeedNodes.Count > 1 ? SeedNodes.Count : 0;

    /// <summary>
    /// Peers and new songs are accepted only while more than half of this number of trackers are reachable; 0 = the number of members.
    /// With two trackers, the older one continues alone.
    /// </summary>
    internal int MajorityOf => ExpectedSize > 2 ? ExpectedSize : 0;

    /// <summary>
    /// The other trackers remove a tracker that stays missing for this long. If that tracker is still running, it leaves the cluster, and
    /// joins again when it can.
    /// </summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(12);

    /// <summary>A tracker counts as missing when nothing has arrived from it for about this long.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// The maximum heartbeat interval in a cluster. By default, it is shorter than a single tracker's: a peer that loses its tracker can
    /// switch to another one, so it should notice the loss soon.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a share waits for the ids of its new songs.</summary>
    public TimeSpan IdTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a new tracker waits for the other trackers' songs before it opens its port.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The size of the change log for trackers that were away briefly, in bytes. A tracker that has missed more than the log contains
    /// receives all songs again.
    /// </summary>
    public long ChangeLogBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// The secret that only the trackers in this cluster know. Null = none, so <see cref="Certificate"/> must protect the traffic between
    /// trackers, unless only this machine can reach their ports.
    /// </summary>
    public ClusterSecret? Secret { get; init; }

    /// <summary>
    /// A PKCS#12 file with this tracker's certificate and key; null = the TLS keys are derived from the <see cref="Secret"/>.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The password of <see cref="Certificate"/>.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>Returns the seed nodes as Akka addresses.</summary>
    internal IEnumerable<Address> SeedAddresses(Address self) =>
        SeedNodes.Select(seed => Address.Parse($"{self.Protocol}://{self.System}@{seed}"));
}
