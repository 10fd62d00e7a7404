using Akka.Event;
using System.Net;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Gateway;
using TspActors.Monitoring;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Live;
using TspActors.Peer.Monitoring;
using TspActors.Peer.Reaching.Mapping;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;
using TspActors.Transport.Relays;

namespace TspActors.Peer;

/// <summary>All settings of a peer. config/peer.conf explains each one.</summary>
public sealed record PeerSettings
{
    /// <summary>The peer's display name.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>The trackers to register with, in order of preference.</summary>
    public IReadOnlyList<TrackerAddress> Trackers { get; init; } = [new("localhost", 7070)];

    /// <summary>Whether the user has chosen the trackers. If not, the peer uses the trackers that it has joined, if any.</summary>
    public bool AreTrackersChosen { get; init; }

    /// <summary>The folders whose MP3s are shared, each as a path or as name=path.</summary>
    public IReadOnlyList<string> Music { get; init; } = [];

    /// <summary>The folder for the library index, the peer's key and the command history.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>The address and port on which the peer accepts requesters.</summary>
    public IPEndPoint Endpoint { get; init; } = new(ListenAddress.Everywhere, 7071);

    /// <summary>Whether the peer listens on all addresses of this machine, because no specific one was configured.</summary>
    public bool ListensEverywhere { get; init; } = true;

    /// <summary>
    /// The address that other peers use to reach this one, if it differs from the address that the tracker sees; empty for none.
    /// </summary>
    public string AdvertisedAddress { get; init; } = "";

    /// <summary>
    /// Whether this peer reports its addresses on the local network to the tracker. The tracker passes them on to requesters behind the
    /// same router.
    /// </summary>
    public bool LocalEndpoints { get; init; } = true;

    /// <summary>The secret that trackers, hosts and requesters share; null for none.</summary>
    public AccessKey? AccessKey { get; init; }

    /// <summary>The longest time for which requests from an address are refused after wrong access keys; zero = no wait.</summary>
    public TimeSpan AccessKeyDelay { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>Whether the peer speaks TLS with trackers, hosts and requesters.</summary>
    public PeerEncryption Encryption { get; init; } = PeerEncryption.Prefer;

    /// <summary>Whether and how the peer asks its router to forward the port.</summary>
    public PortMappingSettings PortMapping { get; init; } = new();

    /// <summary>The lowest level that is logged.</summary>
    public LogLevel LogLevel { get; init; } = LogLevel.WarningLevel;

    /// <summary>Whether long results are shown page by page in a terminal.</summary>
    public bool Pager { get; init; } = true;

    /// <summary>The format of log lines.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>How the music folders are scanned and watched.</summary>
    public LibrarySettings Library { get; init; } = new();

    /// <summary>How the peer streams its songs to requesters.</summary>
    public HostingSettings Hosting { get; init; } = new();

    /// <summary>How the peer stays connected to a tracker.</summary>
    public LinkSettings Link { get; init; } = new();

    /// <summary>How the peer fetches and plays songs.</summary>
    public ListeningSettings Listening { get; init; } = new();

    /// <summary>The live feeds that this peer sends. Not public, so that this record's ToString never includes their passwords.</summary>
    internal LiveSettings Live { get; init; } = new();

    /// <summary>Whether the peer relays connections between other peers, and within which limits.</summary>
    public RelaySettings Relay { get; init; } = new();

    /// <summary>Health checks and metrics over HTTP.</summary>
    public MonitoringSettings Monitoring { get; init; } = new()
    {
        Enabled = false,
        Endpoint = new IPEndPoint(IPAddress.Loopback, PeerMonitoring.DefaultPort),
    };

    /// <summary>The gateway: a web page, plain HTTP and OpenSubsonic.</summary>
    public GatewaySettings Http { get; init; } = new();

    /// <summary>The limits and deadlines for the connections that requesters open.</summary>
    public TransportSettings Transport { get; init; } =
        new()
        {
            ReadBufferBytes = 4 * 1024,
            MaxConnections = 5_000,
            NewConnectionsPerAddressSecond = 10,
            MaxReceivingBytes = 8 * 1024 * 1024,
            MaxReceivingBytesPerAddress = 2 * 1024 * 1024,
        };
}
