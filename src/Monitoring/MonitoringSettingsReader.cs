using System.Net;
using TspActors.Configuration;

namespace TspActors.Monitoring;

/// <summary>Reads <see cref="MonitoringSettings"/> from a section, such as tsp.tracker.http.</summary>
public static class MonitoringSettingsReader
{
    /// <summary>Reads a section. Any problems are reported to the reader.</summary>
    public static MonitoringSettings Read(SettingsReader section)
    {
        ArgumentNullException.ThrowIfNull(section);
        return new MonitoringSettings
        {
            Enabled = section.Bool("enabled"),
            Endpoint = new IPEndPoint(ListenAddress.Read(section, "host"), section.Port("port", zeroMeansAny: true)),
            IsPortChosen = section.IsChosen("port"),
            // An empty list must be the same object as the default, because records compare their lists by reference.
            AllowedHosts = section.TextList("allowed-hosts", maxCount: 100, maxLength: 253) is { Count: > 0 } names ? names : [],
            IdleTimeout = section.Duration("idle-timeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromHours(1)),
            MaxConnections = section.Int("max-connections", 5, 10_000),
        };
    }
}
