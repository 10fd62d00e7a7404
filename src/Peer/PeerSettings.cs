using System.Net;
using TspActors.Configuration.Hosting;
using TspActors.Peer.Hosting;
using TspActors.Peer.Library;
using TspActors.Peer.Listening;
using TspActors.Peer.Tracking;
using TspActors.Protocol;
using TspActors.Transport;

namespace TspActors.Peer;

/// <summary>All settings of a peer. config/peer.conf says what each one means.</summary>
public sealed record PeerSettings
{
    /// <summary>The peer's name for people.</summary>
    public string Name { get; init; } = Environment.MachineName;

    /// <summary>The trackers to register at, in the order in which they are tried.</summary>
    public IReadOnlyList<TrackerAddress> Trackers { get; init; } = [new("localhost", 7070)];

    /// <summary>The folders whose MP3s are shared: paths, or name=path.</summary>
    public IReadOnlyList<string> Music { get; init; } = [];

    /// <summary>The folder of the index, the peer's id and its songs' ids.</summary>
    public string DataFolder { get; init; } = "";

    /// <summary>The address and port that serve requesters.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Any, 7071);

    /// <summary>An address for others in place of the one that the tracker sees; empty = none.</summary>
    public string AdvertisedAddress { get; init; } = "";

    /// <summary>The secret that trackers, hosts and requesters must know; null = none.</summary>
    public AccessKey? AccessKey { get; init; }

    /// <summary>How the lines of the log look.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>How the folders are scanned and watched.</summary>
    public LibrarySettings Library { get; init; } = new();

    /// <summary>How the peer streams its songs to requesters.</summary>
    public HostingSettings Hosting { get; init; } = new();

    /// <summary>How the peer stays connected to a tracker.</summary>
    public LinkSettings Link { get; init; } = new();

    /// <summary>How the peer fetches and plays songs.</summary>
    public ListeningSettings Listening { get; init; } = new();

    /// <summary>The limits and deadlines of the connections that requesters open.</summary>
    public TransportSettings Transport { get; init; } =
        new()
        {
            ReadBufferBytes = 4 * 1024,
            MaxConnections = 5_000,
            MaxReceivingBytes = 8 * 1024 * 1024,
            MaxReceivingBytesPerAddress = 2 * 1024 * 1024,
        };
}
