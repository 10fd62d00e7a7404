using Akka.Actor;

namespace TspActors.Tracker.Clustering;

/// <summary>How this tracker takes part in a cluster of trackers; config/tracker.conf says what each setting means.</summary>
public sealed record ClusterSettings
{
    /// <summary>
    /// Where other trackers reach it: an address or name of this machine. Never one that strangers reach, unless there is TLS.
    /// </summary>
    public string Host { get; init; } = "127.0.0.1";

    /// <summary>The port for other trackers; null = it is a single tracker, 0 = any.</summary>
    public int? Port { get; init; }

    /// <summary>
    /// Trackers of the cluster, as host:port of their cluster ports; the first of them that runs begins it. None = this one begins it.
    /// </summary>
    public IReadOnlyList<string> SeedNodes { get; init; } = [];

    /// <summary>host:port where peers reach this tracker, told to the peers of the others; null = made from what it listens on.</summary>
    public string? PublicAddress { get; init; }

    /// <summary>
    /// How many trackers the cluster is meant to have; a new song is taken only where more than half of them are. 0 = as many as there are
    /// seed nodes.
    /// </summary>
    public int Size { get; init; }

    /// <summary>
    /// How many there are to be as far as the settings tell: <see cref="Size"/>, or as many as there are seed nodes. 0 = they do not tell.
    /// </summary>
    internal int ExpectedSize => Size > 0 ? Size : SeedNodes.Count > 1 ? SeedNodes.Count : 0;

    /// <summary>
    /// Peers and new songs are taken only with more than half of so many; 0 = of as many as have joined. Of two the older one goes on
    /// alone.
    /// </summary>
    internal int MajorityOf => ExpectedSize > 2 ? ExpectedSize : 0;

    /// <summary>A tracker that cannot be reached for this long after it was missed is given up, or gives up itself.</summary>
    public TimeSpan StableAfter { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>A tracker is missed when nothing was heard of it for about this long.</summary>
    public TimeSpan AcceptablePause { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>
    /// In a cluster it takes the place of the longer one of a single tracker: a peer that finds out soon has another tracker to go to.
    /// </summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>How long a share waits for the ids of its new songs.</summary>
    public TimeSpan IdTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>How long a new tracker waits for the others' songs before it opens its port.</summary>
    public TimeSpan JoinTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Bytes of changes that are kept for a tracker that was away for a moment; one that missed more gets everything again.
    /// </summary>
    public long ChangeLogBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>
    /// A PKCS#12 file with the certificate and key of this tracker; null = what trackers say to each other is neither secret nor proven.
    /// </summary>
    public string? Certificate { get; init; }

    /// <summary>The password of <see cref="Certificate"/>.</summary>
    public string? CertificatePassword { get; init; }

    /// <summary>The seed nodes as Akka writes them.</summary>
    internal IEnumerable<Address> SeedAddresses(Address self) =>
        SeedNodes.Select(seed => Address.Parse($"{self.Protocol}://{self.System}@{seed}"));
}
