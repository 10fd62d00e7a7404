using System.Net;
using System.Net.Sockets;
using TspActors.Configuration;
using TspActors.Configuration.Hosting;
using TspActors.Protocol;
using TspActors.Tracker.Catalog;
using TspActors.Tracker.Clustering;
using TspActors.Tracker.Monitoring;
using TspActors.Tracker.Reachability;
using TspActors.Transport;

namespace TspActors.Tracker;

/// <summary>Reads a <see cref="TrackerSettings"/> from the configuration and checks every value.</summary>
public static class TrackerSettingsReader
{
    /// <summary>Keys whose values are never shown.</summary>
    public static IReadOnlyCollection<string> SecretKeys { get; } = ["tsp.tracker.access-key", "tsp.tracker.cluster.certificate-password"];

    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    /// <summary>Reads all settings.</summary>
    /// <exception cref="SettingsException">Something is wrong; it lists everything that is.</exception>
    public static TrackerSettings Read(ProgramConfiguration configuration)
    {
        var reader = new SettingsReader(configuration);
        var settings = new TrackerSettings
        {
            Endpoint = new IPEndPoint(ListenAddress.Read(reader, "tsp.tracker.host"), reader.Port("tsp.tracker.port", zeroMeansAny: true)),
            Name = reader.Text("tsp.tracker.name", maxLength: 64, minLength: 1),
            AccessKey = reader.Secret("tsp.tracker.access-key") is { } key ? new AccessKey(key) : null,
            AnonymousRequests = reader.Bool("tsp.tracker.anonymous-requests"),
            AllowAdvertisedAddress = reader.Bool("tsp.tracker.allow-advertised-address"),
            HeartbeatInterval = reader.Duration("tsp.tracker.heartbeat-interval", 100 * Millisecond, TimeSpan.FromMinutes(10)),
            BroadcastDelay = reader.Duration("tsp.tracker.broadcast-delay", Millisecond, TimeSpan.FromMinutes(1)),
            BroadcastMaxBytes = reader.Bytes("tsp.tracker.broadcast-max", 0, 1024 * 1024 * 1024),
            LogFormat = LogSettings.ReadFormat(reader, "tsp.tracker.log-format"),
            Catalog = new CatalogLimits
            {
                SongsPerPeer = reader.Int("tsp.tracker.max-songs-per-peer", 0, int.MaxValue),
                Songs = reader.Int("tsp.tracker.max-songs", 1, int.MaxValue),
                NewSongsPerPeerHour = reader.Int("tsp.tracker.new-songs.per-peer-hour", 0, int.MaxValue),
                NewSongsPerAddress = reader.Int("tsp.tracker.new-songs.per-address", 1, int.MaxValue),
                NewSongsPerAddressHour = reader.Int("tsp.tracker.new-songs.per-address-hour", 0, int.MaxValue),
                ShareBytes = reader.Bytes("tsp.tracker.max-share-size", 1024, long.MaxValue),
                MemoryBytes = MostMemory(reader.BytesOrAuto("tsp.tracker.max-memory", 0, long.MaxValue)),
            },
            PageCacheBytes = reader.Bytes("tsp.tracker.page-cache", 0, 16L * 1024 * 1024 * 1024),
            RequestsPerSecond = reader.Int("tsp.tracker.requests.per-second", 0, int.MaxValue),
            RequestBurst = reader.Int("tsp.tracker.requests.burst", 1, int.MaxValue),
            Cluster = ReadCluster(reader),
            DrainTimeout = reader.Duration("tsp.tracker.drain-timeout", TimeSpan.Zero, TimeSpan.FromMinutes(10)),
            Reachability = new ReachabilitySettings
            {
                Enabled = reader.Bool("tsp.tracker.reachability.enabled"),
                Timeout = reader.Duration("tsp.tracker.reachability.timeout", 10 * Millisecond, TimeSpan.FromMinutes(1)),
                AtOnce = reader.Int("tsp.tracker.reachability.at-once", 1, 1_000),
                RetryMin = reader.Duration("tsp.tracker.reachability.retry-min", 10 * Millisecond, TimeSpan.FromHours(1)),
                RetryMax = reader.Duration("tsp.tracker.reachability.retry-max", 10 * Millisecond, TimeSpan.FromDays(1)),
            },
            Http = new HttpSettings
            {
                Enabled = reader.Bool("tsp.tracker.http.enabled"),
                Endpoint = new IPEndPoint(ListenAddress.Read(reader, "tsp.tracker.http.host"), reader.Port("tsp.tracker.http.port", zeroMeansAny: true)),
            },
            Transport = new TransportSettings
            {
                MaxConnections = reader.Int("tsp.tracker.connections.max", 1, 1_000_000),
                MaxConnectionsPerAddress = reader.Int("tsp.tracker.connections.max-per-address", 1, 1_000_000),
                FirstFrameTimeout = reader.Duration("tsp.tracker.connections.first-frame-timeout", 10 * Millisecond, TimeSpan.FromHours(1)),
                IdleTimeout = reader.Duration("tsp.tracker.connections.idle-timeout", 10 * Millisecond, TimeSpan.FromDays(1)),
                StalledWriterTimeout = reader.Duration("tsp.tracker.connections.stalled-writer-timeout", 10 * Millisecond, TimeSpan.FromHours(1)),
                CloseTimeout = reader.Duration("tsp.tracker.connections.close-timeout", 10 * Millisecond, TimeSpan.FromHours(1)),
                ReadBufferBytes = (int)reader.Bytes("tsp.tracker.connections.read-buffer", 1024, 80 * 1024),
                MaxQueuedBytes = (int)reader.Bytes("tsp.tracker.connections.max-queued", 2 * 1024 * 1024, 1024 * 1024 * 1024),
            },
        };
        reader.ThrowIfAny();
        return settings.Cluster.Port is null || settings.Cluster.HeartbeatInterval > settings.HeartbeatInterval
            ? settings
            : settings with { HeartbeatInterval = settings.Cluster.HeartbeatInterval };
    }

    private static ClusterSettings ReadCluster(SettingsReader reader)
    {
        var port = reader.Port("tsp.tracker.cluster.port", zeroMeansAny: true);
        var seeds = reader.HostPortList("tsp.tracker.cluster.seed-nodes", maxCount: 32);
        var publicAddress = reader.Text("tsp.tracker.cluster.public-address");
        var certificate = reader.Text("tsp.tracker.cluster.certificate");
        var settings = new ClusterSettings
        {
            Host = reader.Host("tsp.tracker.cluster.host"),
            Port = port == 0 ? null : port,
            SeedNodes = seeds.Count == 0 ? [] : [.. seeds.Select(seed => seed.ToString())],
            PublicAddress = publicAddress.Length == 0 ? null : publicAddress,
            Size = reader.Int("tsp.tracker.cluster.size", 0, 1000),
            StableAfter = reader.Duration("tsp.tracker.cluster.stable-after", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            AcceptablePause = reader.Duration("tsp.tracker.cluster.acceptable-pause", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            HeartbeatInterval = reader.Duration("tsp.tracker.cluster.heartbeat-interval", 100 * Millisecond, TimeSpan.FromMinutes(10)),
            IdTimeout = reader.Duration("tsp.tracker.cluster.id-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(5)),
            JoinTimeout = reader.Duration("tsp.tracker.cluster.join-timeout", TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(10)),
            ChangeLogBytes = reader.Bytes("tsp.tracker.cluster.change-log", 64 * 1024, 1024L * 1024 * 1024),
            Certificate = certificate.Length == 0 ? null : certificate,
            CertificatePassword = reader.Secret("tsp.tracker.cluster.certificate-password"),
        };
        if (port == 0 && seeds.Count > 0)
            reader.Reject("tsp.tracker.cluster.seed-nodes", "there is no port for other trackers", "set tsp.tracker.cluster.port (--cluster-port) too, or leave the seed nodes out");
        if (publicAddress.Length > 0 && !HostPort.TryParse(publicAddress, null, out _))
            reader.Reject("tsp.tracker.cluster.public-address", $"{publicAddress} is no host:port", "write where peers reach this tracker, such as tracker1.example:7070");
        if (settings.Certificate is not null && ClusterPort.CertificateFault(settings) is { } fault)
            reader.Reject("tsp.tracker.cluster.certificate", fault, "name a PKCS#12 file with this tracker's certificate and key, and its password in certificate-password");
        if (port != 0 && settings.Certificate is null && !ListenAddress.ReadAll(reader, "tsp.tracker.cluster.host").All(ClusterHocon.IsPrivate))
        {
            reader.Reject(
                "tsp.tracker.cluster.host", $"{settings.Host} can be reached by strangers, and what trackers say to each other is not protected",
                "use a loopback or private address, or set tsp.tracker.cluster.certificate");
        }

        return settings;
    }

    // What is counted is what lives; the collector and what is being sent need as much again beside it.
    private static long MostMemory(long? asked) => asked switch
    {
        null => GC.GetGCMemoryInfo().TotalAvailableMemoryBytes is > 0 and var available ? available / 2 : long.MaxValue,
        0 => long.MaxValue,
        { } bytes => bytes,
    };
}

/// <summary>Reads an address to listen on.</summary>
public static class ListenAddress
{
    /// <summary>An IP address, or a name that this machine resolves to one; a wrong one is collected by the reader.</summary>
    public static IPAddress Read(SettingsReader reader, string key) => ReadAll(reader, key)[0];

    /// <summary>The same, and all addresses of a name that has more than one.</summary>
    public static IReadOnlyList<IPAddress> ReadAll(SettingsReader reader, string key)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var host = reader.Host(key);
        if (IPAddress.TryParse(host, out var address))
            return [address];
        try
        {
            if (Dns.GetHostAddresses(host) is { Length: > 0 } addresses)
                return addresses;
        }
        catch (SocketException)
        {
            // Falls through: no address is the same as no answer.
        }

        reader.Reject(key, $"{host} is no address of this machine", "write an IP address such as 0.0.0.0, :: or 127.0.0.1");
        return [IPAddress.Any];
    }
}
