using System.Net;
using TspActors.Configuration.Hosting;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>Everything that can be set about a tracker, checked when it is read; config/tracker.conf says what each means.</summary>
public sealed record TrackerSettings
{
    /// <summary>Where it listens.</summary>
    public IPEndPoint Endpoint { get; init; } = new(IPAddress.Any, 7070);

    /// <summary>What peers see it as.</summary>
    public string Name { get; init; } = "TSP tracker";

    /// <summary>The secret that peers must know; null = anyone may join.</summary>
    public AccessKey? AccessKey { get; init; }

    /// <summary>Whether LIST, INFO and PLAY are answered without INIT; never where there is an access key.</summary>
    public bool AnonymousRequests { get; init; } = true;

    /// <summary>Whether a peer may name another address than the one it is seen at.</summary>
    public bool AllowAdvertisedAddress { get; init; }

    /// <summary>A side that heard nothing for this long sends PING; after three of them it gives the other up.</summary>
    public TimeSpan HeartbeatInterval { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long changes of the catalog are gathered before they are broadcast.</summary>
    public TimeSpan BroadcastDelay { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Bytes of one change of the catalog above which peers are told to list again instead.</summary>
    public long BroadcastMaxBytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How the lines of the log look.</summary>
    public LogFormat LogFormat { get; init; }

    /// <summary>What the catalog takes; more songs are refused one by one.</summary>
    public CatalogLimits Catalog { get; init; } = new();

    /// <summary>Memory for pages that are encoded already.</summary>
    public long PageCacheBytes { get; init; } = 32 * 1024 * 1024;

    /// <summary>Requests of one connection in a second; 0 = any number.</summary>
    public int RequestsPerSecond { get; init; } = 10_000;

    /// <summary>Requests of one connection at once, after a pause.</summary>
    public int RequestBurst { get; init; } = 20_000;

    /// <summary>How it takes part in a cluster of trackers.</summary>
    public ClusterSettings Cluster { get; init; } = new();

    /// <summary>How long connections may take to end when the tracker stops.</summary>
    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Whether and how the ports of its peers are tried.</summary>
    public ReachabilitySettings Reachability { get; init; } = new();

    /// <summary>Health, metrics and statistics over HTTP.</summary>
    public HttpSettings Http { get; init; } = new();

    /// <summary>Limits and deadlines of its connections.</summary>
    public TransportSettings Transport { get; init; } = new();
}
