using System.Net;
using TspActors.Configuration;

namespace TspActors.Tracker.Monitoring;

/// <summary>Reads <see cref="HttpSettings"/> from the section tsp.tracker.http.</summary>
internal static class HttpSettingsReader
{
    public static HttpSettings Read(SettingsReader section) => new()
    {
        Enabled = section.Bool("enabled"),
        Endpoint = new IPEndPoint(ListenAddress.Read(section, "host"), section.Port("port", zeroMeansAny: true)),
        // An empty list must be the same object as the default, because records compare their lists by reference.
        AllowedHosts = section.TextList("allowed-hosts", maxCount: 100, maxLength: 253) is { Count: > 0 } names ? names : [],
        IdleTimeout = section.Duration("idle-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
        MaxConnections = section.Int("max-connections", 5, 10_000),
    };
}
