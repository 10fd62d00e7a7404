using System.Net;
using TspActors.Configuration;

namespace TspActors.Tracker.Clustering;

/// <summary>Reads <see cref="ClusterSettings"/> from the tsp.tracker.cluster section.</summary>
internal static class ClusterSettingsReader
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(10);

    public static ClusterSettings Read(SettingsReader section)
    {
        var port = section.Port("port", zeroMeansAny: true);
        var seeds = section.HostPortList("seed-nodes", maxCount: 32);
        var settings = new ClusterSettings
        {
            Host = section.Host("host"),
            Port = port == 0 ? null : port,
            SeedNodes = seeds.Count == 0 ? [] : [.. seeds.Select(seed => seed.ToString())],
            PublicAddress = section.Text("public-address") is { Length: > 0 } address ? address : null,
            Size = section.Int("size", 0, 1000),
            StableAfter = section.Duration("stable-after", Second, Longest),
            AcceptablePause = section.Duration("acceptable-pause", Second, Longest),
            HeartbeatInterval = section.Duration("heartbeat-interval", TimeSpan.FromMilliseconds(100), Longest),
            IdTimeout = section.Duration("id-timeout", Second, TimeSpan.FromMinutes(5)),
            JoinTimeout = section.Duration("join-timeout", Second, Longest),
            ChangeLogBytes = section.Bytes("change-log", 64 * 1024, 1024L * 1024 * 1024),
            Secret = section.SecretOrFile("secret", "secret-file", minLength: ClusterSecret.MinLength) is { } secret
                ? new ClusterSecret(secret)
                : null,
            Certificate = section.Path("certificate") is { Length: > 0 } certificate ? certificate : null,
            CertificatePassword = section.Secret("certificate-password"),
        };
        Check(section, settings);
        return settings;
    }

    private static void Check(SettingsReader section, ClusterSettings settings)
    {
        if (settings.Port is null && settings.SeedNodes.Count > 0)
            section.Reject(
                "seed-nodes", "there is no port for other trackers",
                "set tsp.tracker.cluster.port (--cluster-port) too, or leave the seed nodes out");
        if (settings.PublicAddress is { } address && !HostPort.TryParse(address, null, out _))
            section.Reject(
                "public-address", $"{address} is not a host:port", "set it to the address where peers reach this tracker, such as tracker1.example:7070");
        if (settings.Certificate is not null && ClusterPort.CertificateProblem(settings) is { } fault)
            section.Reject(
                "certificate", fault,
                "name a PKCS#12 file with this tracker's certificate and key, and set certificate-password to the password of that file");
        if (settings is { Port: not null, Certificate: null, Secret: null }
            && !ListenAddress.ReadAll(section, "host").All(IPAddress.IsLoopback))
        {
            section.Reject(
                "host", $"others can reach {settings.Host}, and nothing protects the traffic between trackers",
                "set tsp.tracker.cluster.secret (or secret-file) to the same secret on all trackers, or use a certificate or a loopback address");
        }
    }
}
