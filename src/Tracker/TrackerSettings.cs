using Akka.Event;
using System.Net;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Monitoring;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Discovery;
using TspActors.Tracker.Members;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Peers;
using TspActors.Tracker.Reachability;
using TspActors.Transport;
using TspActors.Transport.Relays;

namespace TspActors.Tracker;

/// <summary>All settings of a tracker. config/tracker.conf explains each one.</summary>
public sealed record TrackerSettings
{
    /// <summary>The address and port to listen on.</summary>
    public IPEndPoint Endpoint { get; init; } = new(ListenAddress.Everywhere, 7070);

    /// <summary>Whether the tracker listens on every address of this machine.</summary>
    public bool ListensEverywhere { get; init; } = true;

    /// <summary>The tracker's name as peers see it.</summary>
    public string Name { get; init; } = "TSP tracker";

    /// <summary>The secret that peers must know; null = anyone may join.</summary>
    public AccessKey? AccessKey { get; init; }

    /// <summary>The longest time that an address must wait after wrong access keys; zero = no wait.</summary>
    public TimeSpan AccessKeyDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the tracker accepts TLS, plain connections, or both.</summary>
    public TrackerEncryption Encryption { get; init; } = TrackerEncryption.Accept;

    /// <summary>The authority-issued certificate, if any, that the tracker presents in TLS.</summary>
    public TlsSettings Tls { get; init; } = new();

    /// <summary>
    /// Whether peers receive replies to LIST, INFO and PLAY before INIT. If there is an access key or a list of members, only members
    /// receive such replies.
    /// </summary>
    public bool AnonymousRequests { get; init; } = true;

    /// <summary>Whether a peer may advertise an address other than the one that the tracker sees.</summary>
    public bool AllowAdvertisedAddress { get; init; }

    /// <summary>A side that has received nothing for this long sends PING. After three such intervals, it closes the connection.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the tracker collects catalog changes before it broadcasts them.</summary>
    public TimeSpan BroadcastDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>
    /// The maximum size of one broadcast, in bytes. Further changes wait for the next broadcast; 0 = peers must list again instead.
    /// </summary>
    public long BroadcastMaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>
    /// The maximum number of bytes of broadcasts that all peers together receive per second. Further changes wait; 0 = no limit.
    /// </summary>
    public long BroadcastBytesPerSecond { get; init; } = 32 * 1024 * 1024;

    /// <summary>The lowest level of the log lines that are written.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.WarningLevel;

    /// <summary>The format of log lines.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>The folder with the tracker's song ids and the key that signs their receipts; null = nothing is stored.</summary>
    public string? DataFolder { get; init; }

    /// <summary>The folder for the TLS key if there is no data folder; null = the key lasts for one run.</summary>
    public string? KeyFolder { get; init; }

    /// <summary>How long after its start the tracker honours only offers of song ids that come with a receipt.</summary>
    public TimeSpan IdOfferWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The limits of the catalog. A song beyond them is refused; the rest of its share is accepted.</summary>
    public CatalogLimits Catalog { get; init; } = new();

    /// <summary>The limits on how many catalog changes are broadcast, and when.</summary>
    public ChangeLimits Changes { get; init; } = new();

    /// <summary>Limits on how fast songs are added, changed and removed.</summary>
    public ShareLimits Shares { get; init; } = new();

    /// <summary>The memory for encoded pages, in bytes.</summary>
    public long PageCacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Peers that may register, in addition to those in the members file. If there are any, only members may register.</summary>
    public IReadOnlyList<Member> AllowedMembers { get; init; } = [];

    /// <summary>The number of requests that one connection may send per second; 0 = any number.</summary>
    public int RequestsPerSecond { get; init; } = 10_000;

    /// <summary>The number of requests that one connection may send in a burst after a pause.</summary>
    public int RequestBurst { get; init; } = 20_000;

    /// <summary>
    /// The maximum number of searches per second for all addresses together that search more than people do; 0 = no limit.
    /// </summary>
    public int SearchesPerSecond { get; init; } = 500;

    /// <summary>The tracker's cluster settings.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>How long connections may take to close when the tracker stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether and how the tracker probes the ports of its peers.</summary>
    public ReachabilitySettings Reachability { get; init; } = new();

    /// <summary>Whether the tracker relays connections between its peers, and within which limits.</summary>
    public RelaySettings Relay { get; init; } = new();

    /// <summary>Whether the tracker announces itself on its local networks.</summary>
    public MdnsSettings Mdns { get; init; } = new();

    /// <summary>The HTTP port for health checks, metrics and statistics.</summary>
    public MonitoringSettings Http { get; init; } = new();

    /// <summary>The limits and deadlines of connections.</summary>
    public TransportSettings Transport { get; init; } =
        new() { SendBufferBytes = 256 * 1024, MaxCloseTime = TimeSpan.FromSeconds(30) };
}
