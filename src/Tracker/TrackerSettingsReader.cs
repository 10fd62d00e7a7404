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
using TspActors.Tracker.Relays;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>
/// Reads <see cref="TrackerSettings"/> from the tsp.tracker section. A subsection with its own settings record has its own reader, next
/// to that record.
/// </summary>
public static class TrackerSettingsReader
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>The keys whose values are never printed.</summary>
    public static IReadOnlyCollection<string> SecretKeys { get; } =
    [
        "tsp.tracker.access-key", "tsp.tracker.cluster.secret", "tsp.tracker.cluster.certificate-password",
        "tsp.tracker.tls.certificate-password",
    ];

    /// <summary>Reads and checks all settings.</summary>
    /// <exception cref="SettingsException">At least one setting is invalid. The exception lists all problems.</exception>
    public static TrackerSettings Read(ProgramConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var tracker = reader.Section("tsp.tracker");
        var requests = tracker.Section("requests");
        var encryption = tracker.OneOf("encryption", "off", "accept", "require") switch
        {
            "off" => TrackerEncryption.Off,
            "require" => TrackerEncryption.Require,
            _ => TrackerEncryption.Accept,
        };
        var settings = new TrackerSettings
        {
            Endpoint = new IPEndPoint(ListenAddress.Read(tracker, "host"), tracker.Port("port", zeroMeansAny: true)),
            ListensEverywhere = ListenAddress.IsAll(tracker, "host"),
            Name = tracker.Text("name", maxLength: 64, minLength: 1),
            AccessKey = tracker.SecretOrFile("access-key", "access-key-file", minLength: AccessKey.MinLength) is { } key
                ? new AccessKey(key)
                : null,
            AccessKeyDelay = tracker.Duration("access-key-delay", TimeSpan.Zero, TimeSpan.FromHours(1)),
            Encryption = encryption,
            Tls = TlsSettingsReader.Read(tracker.Section("tls"), encryption),
            AnonymousRequests = tracker.Bool("anonymous-requests"),
            AllowAdvertisedAddress = tracker.Bool("allow-advertised-address"),
            HeartbeatInterval = tracker.Duration("heartbeat-interval", 100 * Millisecond, TimeSpan.FromMinutes(10)),
            BroadcastDelay = tracker.Duration("broadcast-delay", Millisecond, TimeSpan.FromMinutes(1)),
            BroadcastMaxBytes = tracker.Bytes("broadcast-max", 0, 1024 * 1024 * 1024),
            BroadcastBytesPerSecond = tracker.Bytes("broadcast-per-second", 0, 1L << 40),
            LogFormat = LogSettings.ReadFormat(tracker, "log-format"),
            LogLevel = LogSettings.ReadLevel(tracker, "log-level"),
            DataFolder = tracker.Path("data") is { Length: > 0 } folder ? folder : null,
            KeyFolder = TrackerKey.DefaultFolder,
            IdOfferWait = tracker.Duration("id-offer-wait", TimeSpan.Zero, TimeSpan.FromHours(1)),
            Catalog = CatalogLimitsReader.Read(tracker),
            Changes = ChangeLimitsReader.Read(tracker.Section("changes")),
            Shares = ShareLimitsReader.Read(tracker.Section("shares")),
            PageCacheBytes = tracker.Bytes("page-cache", 0, 16L * 1024 * 1024 * 1024),
            AllowedMembers = MemberSettingsReader.ReadAllow(tracker),
            RequestsPerSecond = requests.Int("per-second", 0, int.MaxValue),
            RequestBurst = requests.Int("burst", 1, int.MaxValue),
            SearchesPerSecond = requests.Int("searches-per-second", 0, 1_000_000),
            Cluster = ClusterSettingsReader.Read(tracker.Section("cluster")),
            DrainTimeout = tracker.Duration("drain-timeout", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Reachability = ReachabilitySettingsReader.Read(tracker.Section("reachability")),
            Relay = RelaySettingsReader.Read(tracker.Section("relay")),
            Mdns = MdnsSettingsReader.Read(tracker.Section("mdns")),
            Http = MonitoringSettingsReader.Read(tracker.Section("http")),
            Transport = ConnectionSettingsReader.Read(tracker.Section("connections")),
        };
        if (encryption == TrackerEncryption.Off && settings.AllowedMembers.Count > 0)
            tracker.Reject(
                "allow", "without TLS, members cannot prove who they are",
                "set tsp.tracker.encryption to accept or require, or empty this list");
        reader.ThrowIfAny();
        return settings.Cluster.Port is null || settings.Cluster.HeartbeatInterval > settings.HeartbeatInterval
            ? settings
            : settings with { HeartbeatInterval = settings.Cluster.HeartbeatInterval };
    }
}
