using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>How this tracker takes part in a cluster of trackers; config/tracker.conf explains each setting.</summary>
public sealed record ClusterSettings
{
    /// <summary>
    /// The address or name of this machine for the other trackers. Never one that strangers can reach, unless there is TLS.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port for other trackers; null = a single tracker, 0 = any free port.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Trackers of the cluster as host:port of their cluster ports; the first that runs begins the cluster. Empty = this one begins it.
    /// </summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>The host:port where peers reach this tracker, told to the peers of the others; null = derived from its endpoint.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>
    /// The intended number of trackers; a new song is accepted only where more than half of them are. 0 = the number of seed nodes.
    /// </summary>
    public int Size { get; init; }

    /// <summary>
    /// The intended number of trackers as far as the settings tell: <see cref="Size"/>, or the number of seed nodes. 0 = unknown.
    /// </summary>
    internal int ExpectedSize => Size > 0 ? Size : SeedNodes.Count > 1 ? SeedNodes.Count : 0;

    /// <summary>
    /// Peers and new songs are accepted only with more than half of this many trackers; 0 = of all that have joined. Of two the older one
    /// continues alone.
    /// </summary>
    internal int MajorityOf => ExpectedSize > 2 ? ExpectedSize : 0;

    /// <summary>A tracker that stays unreachable this long after it was missed is given up, or gives itself up.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A tracker is missed when nothing was heard from it for about this long.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// In a cluster this replaces the longer interval of a single tracker: a peer that notices early has another tracker to go to.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a share waits for the ids of its new songs.</summary>
    public TimeSpan IdTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a new tracker waits for the songs of the others before it opens its port.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// The bytes of changes kept for a tracker that was away briefly; one that missed more gets everything again.
    /// </summary>
    public long ChangeLogBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// A PKCS#12 file with the certificate and key of this tracker; null = the traffic between trackers is neither secret nor
    /// authenticated.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The password of <see cref="Certificate"/>.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>The seed nodes in Akka's notation.</summary>
    internal IEnumerable<Address> SeedAddresses(Address self) =>
        SeedNodes.Select(seed => Address.Parse($"{self.Protocol}://{self.System}@{seed}"));
}
