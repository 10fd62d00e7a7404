using TspActors.Configuration;

namespace TspActors.Peer.Reaching.Mapping;

/// <summary>Reads <see cref="PortMappingSettings"/> from tsp.peer.port-mapping and the tsp.peer.reaching section.</summary>
internal static class PortMappingSettingsReader
{
    // With a lease shorter than the minimum, the peer would ask the router constantly. Routers reject a lease longer than the maximum.
    private static readonly TimeSpan ShortestLease = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongestLease = TimeSpan.FromDays(7);

    /// <summary>Reads the settings from the tsp.peer section.</summary>
    public static PortMappingSettings Read(SettingsReader peer)
    {
        var section = peer.Section("reaching");
        return new PortMappingSettings
        {
            Mode = peer.OneOf("port-mapping", "auto", "on", "off") switch
            {
                "on" => PortMappingMode.On,
                "off" => PortMappingMode.Off,
                _ => PortMappingMode.Auto,
            },
            Lease = section.Duration("mapping-lease", ShortestLease, LongestLease),
            CheckInterval = section.Duration("mapping-check-interval", TimeSpan.FromSeconds(10), TimeSpan.FromDays(1)),
        };
    }
}
